import { connectRaw, type RedisServer, startRedis } from '@shardmux/testing';
import { type CreateClientOptions, createClient } from 'shardmux';
import { namedServers } from './shards.js';

type Client = ReturnType<typeof createClient>;
/** Where a server is, or what stands before it. */
type Address = Pick<RedisServer, 'host' | 'port'>;

/** A configuration with one pool, `alpha`, of our own dialect, as an object. */
export function poolOf(servers: readonly Address[], settings: object = {}): object {
  return { pools: { alpha: { hash: 'murmur', hashTag: '{}', servers: namedServers(servers), ...settings } } };
}

/** Several real Redis servers, and clients of all of them. */
export class ClientShards {
  readonly servers: readonly RedisServer[];
  readonly #clients: Client[] = [];

  private constructor(servers: readonly RedisServer[]) {
    this.servers = servers;
  }

  static async start(count = 3): Promise<ClientShards> {
    return new ClientShards(await Promise.all(Array.from({ length: count }, () => startRedis())));
  }

  get config(): object {
    return poolOf(this.servers);
  }

  /** @param through what stands before the servers, in their order. */
  client(
    options: CreateClientOptions = {},
    settings: object = {},
    through: readonly Address[] = this.servers,
  ): Client {
    const client = createClient(poolOf(through, settings), options);
    this.#clients.push(client);
    return client;
  }

  /** Asks one server, past every client. */
  async ask(index: number, ...command: string[]): Promise<unknown> {
    const direct = await connectRaw(this.servers[index].endpoint, { strings: true });
    try {
      return await direct.command(...command);
    } finally {
      await direct.close();
    }
  }

  askAll(...command: string[]): Promise<unknown[]> {
    return Promise.all(this.servers.map((_, i) => this.ask(i, ...command)));
  }

  /** Drops all keys, and lets go of the clients. */
  async reset(): Promise<void> {
    for (const client of this.#clients.splice(0)) client.disconnect();
    await this.askAll('FLUSHALL');
  }

  /** One key for each server, in the order of the servers. */
  async keyPerServer(client: Client, prefix = 'key'): Promise<string[]> {
    const names = Array.from({ length: 100 }, (_, i) => `${prefix}${i}`);
    await client.mset(names.flatMap((name) => [name, '1']));
    const keys = (await this.askAll('RANDOMKEY')) as string[];
    await client.del(names);
    return keys;
  }

  async stop(): Promise<void> {
    for (const client of this.#clients.splice(0)) client.disconnect();
    await Promise.all(this.servers.map((server) => server.stop()));
  }
}
