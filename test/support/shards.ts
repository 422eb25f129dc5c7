import { freePort, type RedisServer, startRedis } from '@shardmux/testing';
import { Shardmux } from './shardmux.js';

/** Several real Redis servers behind one shardmux with a pool of our own dialect. */
export class Shards {
  readonly servers: readonly RedisServer[];
  readonly shardmux: Shardmux;

  private constructor(servers: readonly RedisServer[], shardmux: Shardmux) {
    this.servers = servers;
    this.shardmux = shardmux;
  }

  /**
   * @param settings further lines of the pool, of our dialect: `timeout: 200` or a block.
   * @param top lines above `pools:`.
   */
  static async start(
    count: number,
    settings: readonly string[] = [],
    top: readonly string[] = [],
  ): Promise<Shards> {
    // DEBUG, which the proxy refuses, tells a test what a server holds.
    const args = ['--enable-debug-command', 'local'];
    const servers = await Promise.all(Array.from({ length: count }, () => startRedis({ args })));
    const addresses = namedServers(servers);
    try {
      return new Shards(servers, await Shardmux.start(await poolFile(addresses, settings, top)));
    } catch (error) {
      await Promise.all(servers.map((server) => server.stop()));
      throw error;
    }
  }

  get endpoint() {
    return this.shardmux.endpoints[0];
  }

  async stop(): Promise<void> {
    await this.shardmux.stop();
    await Promise.all(this.servers.map((server) => server.stop()));
  }
}

/** The text of a configuration with one pool, `alpha`, on a free port. */
export async function poolFile(
  servers: readonly string[],
  settings: readonly string[] = [],
  top: readonly string[] = [],
): Promise<string> {
  return [
    ...top,
    'pools:',
    '  alpha:',
    `    listen: 127.0.0.1:${await freePort()}`,
    // Spreads short, similar keys, which the default does not.
    '    hash: murmur',
    ...settings.map((line) => `    ${line}`),
    '    servers:',
    ...servers.map((server) => `      - ${server}`),
    '',
  ].join('\n');
}

/** Lines of a pool's servers. Keys follow the names, so each run finds them at the same places. */
export function namedServers(servers: readonly Pick<RedisServer, 'host' | 'port'>[]): string[] {
  return servers.map(({ host, port }, i) => `${host}:${port}:1 shard${i}`);
}
