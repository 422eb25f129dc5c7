import type { Endpoint } from '@shardmux/plugin-api';
import { connectRaw, type RawClient } from '@shardmux/testing';

const INTERVAL = 5;

/** Writes, and tells which server that is. */
const SCRIPT = "redis.call('SET', KEYS[1], ARGV[1]) return redis.call('INFO', 'server')";

/** Writes a key every 5 ms, whether or not the writes before were answered, and notes who served it. */
export class WriteProbe {
  /** Good writes in the order of their answers: when those came, in ms of `performance.now()`, and the server's port. */
  readonly served: { readonly at: number; readonly port: number }[] = [];
  readonly #client: RawClient;
  readonly #key: string;
  readonly #timer: NodeJS.Timeout;
  #count = 0;

  private constructor(client: RawClient, key: string) {
    this.#client = client;
    this.#key = key;
    this.#timer = setInterval(() => this.#write(), INTERVAL);
  }

  static async start(endpoint: Endpoint, key: string): Promise<WriteProbe> {
    return new WriteProbe(await connectRaw(endpoint), key);
  }

  /** How long after a moment the first write was answered that another server than this one has served; null: none. */
  firstElsewhere(since: number, port: number): number | null {
    const first = this.served.find((write) => write.at > since && write.port !== port);
    return first === undefined ? null : first.at - since;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#client.close();
  }

  async #write(): Promise<void> {
    // Null: the probe was stopped first.
    const reply = await this.#client.command('EVAL', SCRIPT, 1, this.#key, this.#count++).catch(() => null);
    if (reply === null || reply instanceof Error) return;
    this.served.push({ at: performance.now(), port: Number(/^tcp_port:(\d+)/m.exec(String(reply))![1]) });
  }
}
