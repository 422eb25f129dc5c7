import { Redis } from 'ioredis';

/** Commands that each client has under way at a time. */
export const LANES = 4;

/**
 * A client that knows nothing of shards: it writes and reads back over one connection, and notes what it sees. Each
 * lane goes over keys of its own, one command after the other.
 */
export class PlainClient {
  /** Connections that it had. */
  connections = 0;
  /** What failed, by message. */
  readonly errors: string[] = [];
  /** Reads that gave something else than what was written. */
  readonly wrong: string[] = [];
  /** Writes that were answered with OK. */
  writes = 0;
  /** What each key may hold: what was acknowledged last, and what was tried since. */
  readonly expected = new Map<string, string[]>();
  readonly #redis: Redis;
  readonly #name: string;
  #running = true;
  readonly #lanes: Promise<void>[] = [];

  constructor(name: string, port: number, options: { maxRetriesPerRequest?: number }) {
    this.#name = name;
    this.#redis = new Redis(port, '127.0.0.1', { ...options, lazyConnect: true });
    this.#redis.on('ready', () => this.connections++);
    this.#redis.on('error', (error: Error) => this.errors.push(error.message));
  }

  async start(): Promise<void> {
    await this.#redis.connect();
    for (let lane = 0; lane < LANES; lane++) this.#lanes.push(this.#run(`${this.#name}:${lane}`));
  }

  /** Resolves when all that is under way has ended. */
  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#lanes);
    this.abandon();
  }

  /** Whatever is under way is lost. */
  abandon(): void {
    this.#running = false;
    this.#redis.disconnect();
  }

  async #run(prefix: string): Promise<void> {
    for (let i = 0; this.#running; i++) await this.#writeAndRead(`${prefix}:${i % 10}`, String(i));
  }

  async #writeAndRead(key: string, value: string): Promise<void> {
    const possible = [...(this.expected.get(key) ?? []), value];
    this.expected.set(key, possible);
    try {
      await this.#redis.set(key, value);
      this.writes++;
      this.expected.set(key, [value]);
      const read = await this.#redis.get(key);
      if (read !== value) this.wrong.push(`${key}: ${read}, not ${value}`);
    } catch (error) {
      this.errors.push((error as Error).message);
    }
  }
}
