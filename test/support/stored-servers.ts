import type { CoordinationStore } from '@shardmux/plugin-api';
import {
  connectRaw,
  freePort,
  type RawClient,
  type RedisServer,
  type Relay,
  startRedis,
  startRelay,
} from '@shardmux/testing';
import { vi } from 'vitest';
import { Shardmux } from './shardmux.js';

/** A server that keeps documents: etcd, ZooKeeper. */
export interface DocumentServer {
  readonly endpoint: Parameters<typeof startRelay>[0];
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A proxy under load, whose servers stand in a store that it reaches through a relay, and the operator beside it. */
export class StoredServers {
  readonly server: DocumentServer;
  readonly relay: Relay;
  /** How many commands were answered well. */
  answered = 0;
  readonly errors: string[] = [];
  readonly #store: CoordinationStore;
  readonly #key: string;
  readonly #redis: readonly RedisServer[];
  #proxy: Shardmux | null = null;
  #isLoading = true;
  #load: Promise<unknown> = Promise.resolve();

  private constructor(
    server: DocumentServer,
    relay: Relay,
    redis: readonly RedisServer[],
    store: CoordinationStore,
    key: string,
  ) {
    this.server = server;
    this.relay = relay;
    this.#redis = redis;
    this.#store = store;
    this.#key = key;
  }

  /**
   * @param store the operator's.
   * @param topology the YAML of the pool's topology, which goes through the relay.
   */
  static async start(
    server: DocumentServer,
    store: CoordinationStore,
    key: string,
    topology: (relay: Relay) => string,
  ): Promise<StoredServers> {
    const [relay, ...redis] = await Promise.all([startRelay(server.endpoint), startRedis(), startRedis()]);
    store.start({ away: () => {}, back: () => {} });
    const stored = new StoredServers(server, relay, redis, store, key);
    await stored.write(0);
    await stored.#serve(topology(relay));
    return stored;
  }

  /** Puts the document that names these of the two servers. */
  async write(...numbers: readonly number[]): Promise<void> {
    const servers = numbers.map((i) => `127.0.0.1:${this.#redis[i].port}:1 n${i}`);
    await this.writeText(JSON.stringify({ servers }));
  }

  /** The store may need a moment to be back. */
  async writeText(document: string): Promise<void> {
    await vi.waitFor(async () => {
      const found = await this.#store.get(this.#key);
      await this.#store.compareAndSet(this.#key, found?.version ?? null, document);
    }, 10_000);
  }

  /** Resolves when clients write to this server, and no other. */
  async untilServedBy(number: number): Promise<void> {
    await vi.waitFor(
      async () => {
        const before = await this.#writes();
        await this.progress();
        const written = (await this.#writes()).map((count, i) => count - before[i]);
        if (written.some((count, i) => count > 0 !== (i === number))) throw new Error(`written: ${written}`);
      },
      { timeout: 15_000, interval: 100 },
    );
  }

  /** Resolves when a hundred more commands were answered. */
  async progress(): Promise<void> {
    const goal = this.answered + 100;
    await vi.waitFor(() => {
      if (this.answered < goal) throw new Error(`${this.answered} commands were answered, and then none`);
    }, 5_000);
  }

  get log(): string {
    return this.#proxy?.process.log ?? '';
  }

  async stop(): Promise<void> {
    this.#isLoading = false;
    await this.#load;
    await this.#proxy?.stop();
    await this.#store.stop();
    await Promise.all([this.relay.stop(), ...this.#redis.map((redis) => redis.stop())]);
  }

  async #serve(topology: string): Promise<void> {
    const listen = `127.0.0.1:${await freePort()}`;
    const config = `pools:\n  alpha:\n    listen: ${listen}\n    topology: ${topology}\n`;
    this.#proxy = await Shardmux.start(config);
    const [endpoint] = this.#proxy.endpoints;
    const clients = await Promise.all(
      Array.from({ length: 4 }, () => connectRaw(endpoint, { strings: true })),
    );
    this.#load = Promise.all(clients.map((client, i) => this.#write(client, i)));
  }

  async #write(client: RawClient, number: number): Promise<void> {
    for (let i = 0; this.#isLoading; i++) {
      const reply = await client.command('SET', `key:${number}:${i % 100}`, i).catch(String);
      if (reply === 'OK') this.answered++;
      else this.errors.push(String(reply));
      if (reply !== 'OK') break;
    }
    await client.close();
  }

  /** How many SETs each server has seen. */
  #writes(): Promise<number[]> {
    return Promise.all(
      this.#redis.map(async ({ endpoint }) => {
        const client = await connectRaw(endpoint, { strings: true });
        const text = String(await client.command('INFO', 'commandstats'));
        await client.close();
        return Number(/cmdstat_set:calls=(\d+)/.exec(text)?.[1] ?? 0);
      }),
    );
  }
}
