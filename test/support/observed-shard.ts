import {
  connectRaw,
  freePort,
  type RawClient,
  type RedisServer,
  type Relay,
  startRedis,
  startRelay,
} from '@shardmux/testing';
import { createProxy, type ProxyService } from 'shardmux';
import { expect, vi } from 'vitest';

/** One server of the shard, which everybody reaches through its relay alone. */
export interface ObservedServer {
  readonly redis: RedisServer;
  readonly relay: Relay;
}

export interface ObservedShardOptions {
  readonly observers?: number;
  /** The YAML of the coordination store. */
  readonly coordination: string;
  /** More of the failover's options, and of the pool's, in YAML. */
  readonly failover?: string;
  readonly pool?: string;
}

/** A primary with two replicas, and proxies in this process that replace it. */
export class ObservedShard {
  readonly servers: readonly ObservedServer[];
  readonly proxies: readonly ProxyService[];
  readonly clients: readonly RawClient[];

  private constructor(
    servers: readonly ObservedServer[],
    proxies: readonly ProxyService[],
    clients: readonly RawClient[],
  ) {
    this.servers = servers;
    this.proxies = proxies;
    this.clients = clients;
  }

  /** The first of the servers is the primary. */
  static async start(
    servers: readonly ObservedServer[],
    { observers = 3, coordination, failover = 'quorum: 2', pool = 'timeout: 3000' }: ObservedShardOptions,
  ): Promise<ObservedShard> {
    const [first, ...others] = servers.map(({ relay: { host, port } }) => `host: ${host}, port: ${port}`);
    const replicas = others.map((each) => `{ ${each} }`).join(', ');
    const proxies: ProxyService[] = [];
    const clients: RawClient[] = [];
    for (let i = 0; i < observers; i++) {
      const port = await freePort();
      const yaml = `
stats: { listen: null }
pools:
  alpha:
    listen: 127.0.0.1:${port}
    coordination: ${coordination}
    failover: { use: replica-promotion, ${failover} }
    ${pool}
    servers: [{ ${first}, name: shard0, replicas: [${replicas}] }]
`;
      const proxy = createProxy({ yaml });
      await proxy.start();
      proxies.push(proxy);
      clients.push(await connectRaw({ kind: 'tcp', host: '127.0.0.1', port }, { strings: true }));
    }
    return new ObservedShard(servers, proxies, clients);
  }

  async stop(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
    await Promise.all(this.proxies.map((proxy) => proxy.stop()));
    await Promise.all(this.servers.map(({ relay }) => relay.stop()));
    await Promise.all(this.servers.map(({ redis }) => redis.stop()));
  }
}

/** A primary and its replicas, which hear it over its relay. */
export async function startObserved(count = 3): Promise<readonly ObservedServer[]> {
  const servers: ObservedServer[] = [];
  for (let i = 0; i < count; i++) {
    const source = servers[0]?.relay;
    const follow = source ? ['--replicaof', `${source.host} ${source.port}`] : [];
    const redis = await startRedis({ args: ['--repl-diskless-sync-delay', '0', ...follow] });
    const relay = await startRelay(redis.endpoint);
    servers.push({ redis, relay });
  }
  for (const replica of servers.slice(1)) await untilInfo(replica, /master_link_status:up/);
  return servers;
}

/** Resolves when what the server says of its replication is so. */
export async function untilInfo({ redis }: ObservedServer, expected: RegExp): Promise<void> {
  await vi.waitFor(
    async () => {
      const client = await connectRaw(redis.endpoint);
      // One that is made a replica closes its connections.
      const info = await client.command('INFO', 'replication').finally(() => client.close());
      expect(String(info)).toMatch(expected);
    },
    { timeout: 10_000, interval: 20 },
  );
}
