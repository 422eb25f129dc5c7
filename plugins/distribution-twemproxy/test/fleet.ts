import type { DistributionNode } from '@shardmux/plugin-api';
import {
  connectRaw,
  freePort,
  type Nutcracker,
  type RawClient,
  type RedisServer,
  startNutcracker,
  startRedis,
} from '@shardmux/testing';

/** A pool as its configuration describes it. Server i of every pool is the i-th Redis of the fleet. */
export interface Pool {
  readonly hash: string;
  readonly distribution: string;
  readonly hashTag?: string;
  readonly servers: readonly { readonly weight: number; readonly alias?: string }[];
}

/**
 * Real Redis servers behind one real nutcracker, which tells where it puts a key.
 *
 *   key ──SET──► nutcracker ──► the server it chooses ──KEYS──► index
 */
export class Fleet {
  readonly #pools: readonly Pool[];
  readonly #servers: readonly RedisServer[];
  readonly #clients: readonly RawClient[];
  readonly #nutcracker: Nutcracker;

  private constructor(
    pools: readonly Pool[],
    servers: readonly RedisServer[],
    clients: readonly RawClient[],
    nutcracker: Nutcracker,
  ) {
    this.#pools = pools;
    this.#servers = servers;
    this.#clients = clients;
    this.#nutcracker = nutcracker;
  }

  static async start(pools: readonly Pool[]): Promise<Fleet> {
    const length = Math.max(...pools.map((pool) => pool.servers.length));
    const servers = await Promise.all(Array.from({ length }, () => startRedis()));
    const clients = await Promise.all(servers.map((server) => connectRaw(server.endpoint)));
    const sections = await Promise.all(pools.map((pool, i) => section(`pool${i}`, pool, servers)));
    return new Fleet(pools, servers, clients, await startNutcracker(sections.join('\n')));
  }

  /** The servers of a pool under the names that Twemproxy gives them. */
  nodes({ servers }: Pool): DistributionNode[] {
    return servers.map(({ weight, alias }, i) => {
      const { host, port } = this.#servers[i];
      return { name: alias ?? `${host}:${port}`, weight };
    });
  }

  /** Writes keys, each but once, through nutcracker: the index of the server that has each one after it. */
  async place(pool: Pool, keys: readonly Uint8Array[]): Promise<number[]> {
    const proxy = await connectRaw(this.#nutcracker.endpoints[this.#pools.indexOf(pool)]);
    const replies = await proxy.pipeline(keys.map((key) => ['SET', key, '']));
    const failure = replies.find((reply) => String(reply) !== 'OK');
    if (failure !== undefined) throw new Error(`nutcracker answered ${failure}`);
    await proxy.close();
    const holders = new Map<string, number>();
    for (const [index, client] of this.#clients.entries()) {
      const [held] = await client.pipeline([['KEYS', '*'], ['FLUSHALL']]);
      for (const key of Array.isArray(held) ? held : []) holders.set(identity(key), index);
    }
    return keys.map((key) => holders.get(identity(key)) ?? -1);
  }

  async stop(): Promise<void> {
    await this.#nutcracker.stop();
    await Promise.all(this.#servers.map((server) => server.stop()));
  }
}

async function section(name: string, pool: Pool, servers: readonly RedisServer[]): Promise<string> {
  const lines = pool.servers.map(
    ({ weight, alias = '' }, i) => `    - ${servers[i].host}:${servers[i].port}:${weight} ${alias}`,
  );
  return `${name}:
  listen: 127.0.0.1:${await freePort()}
  redis: true
  hash: ${pool.hash}
  distribution: ${pool.distribution}
  ${pool.hashTag === undefined ? '' : `hash_tag: "${pool.hashTag}"`}
  servers:
${lines.join('\n')}
`;
}

function identity(key: unknown): string {
  return key instanceof Uint8Array ? Buffer.from(key).toString('latin1') : String(key);
}
