import { Redis } from 'ioredis';
import { createClient as createNodeRedis } from 'redis';
import { type CreateClientOptions, createClient } from 'shardmux';
import { namedServers, Shards } from './shards.js';

/** Three servers behind a proxy, and the clients that an application may have of them: each ends with the servers. */
export class AppServers {
  readonly #shards: Shards;
  readonly #closing: (() => unknown)[] = [];

  private constructor(shards: Shards) {
    this.#shards = shards;
  }

  static async start(): Promise<AppServers> {
    return new AppServers(await Shards.start(3, ["hashTag: '{}'"]));
  }

  /** Where the proxy is. */
  get proxy(): { host: string; port: number } {
    const { endpoint } = this.#shards;
    if (endpoint.kind !== 'tcp') throw new TypeError('the proxy listens on a port');
    return { host: endpoint.host, port: endpoint.port };
  }

  /** What `createClient` takes: the proxy's, so that both find the same keys. */
  get config(): object {
    const servers = namedServers(this.#shards.servers);
    return { pools: { alpha: { hash: 'murmur', hashTag: '{}', servers } } };
  }

  /** ioredis, through the proxy. */
  ioredis(options: { maxRetriesPerRequest?: null } = {}): Redis {
    const redis = new Redis({ ...this.proxy, ...options });
    this.#closing.push(() => redis.disconnect());
    return redis;
  }

  /** node-redis, through the proxy. */
  async nodeRedis() {
    const redis = createNodeRedis({ socket: this.proxy });
    this.#closing.push(() => redis.close());
    await redis.connect();
    return redis;
  }

  /** Our own, past the proxy. */
  inProcess(options: CreateClientOptions = {}) {
    const redis = createClient(this.config, options);
    this.#closing.push(() => redis.disconnect());
    return redis;
  }

  /** Asks each server, past the proxy. */
  ask<Answer>(question: (direct: Redis) => Promise<Answer>): Promise<Answer[]> {
    return Promise.all(
      this.#shards.servers.map(async ({ host, port }) => {
        const direct = new Redis(port, host);
        try {
          return await question(direct);
        } finally {
          direct.disconnect();
        }
      }),
    );
  }

  async stop(): Promise<void> {
    for (const close of this.#closing) await close();
    await this.#shards.stop();
  }
}
