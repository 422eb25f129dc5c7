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

/** What a proxy promotes replicas by, as a configuration has it. */
export interface ObserverOptions {
  readonly coordination: object;
  /** More of the failover's options: a quorum of two unless told. */
  readonly failover?: object;
}

/** A proxy in this process that watches the shard, and a client of it. */
export interface Observer {
  readonly proxy: ProxyService;
  readonly client: RawClient;
}

/** A primary and its replicas, which hear it over its relay. */
export async function startObserved(count = 3): Promise<readonly ObservedServer[]> {
  const servers: ObservedServer[] = [];
  for (let i = 0; i < count; i++) {
    const source = servers[0]?.relay;
    const follow = source ? ['--replicaof', `${source.host} ${source.port}`] : [];
    const port = await freePort();
    const announce = ['--replica-announce-ip', '127.0.0.1', '--replica-announce-port', String(port)];
    const redis = await startRedis({ args: ['--repl-diskless-sync-delay', '0', ...announce, ...follow] });
    const relay = await startRelay(redis.endpoint, port);
    servers.push({ redis, relay });
  }
  for (const replica of servers.slice(1)) await untilInfo(replica, /master_link_status:up/);
  return servers;
}

/** The shard `shard0`, whose configured primary is the first of the servers, and who watches it. */
export class ObservedShard {
  readonly servers: readonly ObservedServer[];
  readonly observers: Observer[] = [];

  constructor(servers: readonly ObservedServer[]) {
    this.servers = servers;
  }

  /** As one of a pool's servers. */
  get config(): object {
    const [first, ...replicas] = this.servers.map(({ relay: { host, port } }) => ({ host, port }));
    return { ...first, name: 'shard0', replicas };
  }

  async observe({ coordination, failover = {} }: ObserverOptions): Promise<Observer> {
    const port = await freePort();
    const alpha = {
      listen: `127.0.0.1:${port}`,
      timeout: 3_000,
      coordination,
      failover: { use: 'replica-promotion', quorum: 2, ...failover },
      servers: [this.config],
    };
    const proxy = createProxy({ yaml: JSON.stringify({ stats: { listen: null }, pools: { alpha } }) });
    await proxy.start();
    const client = await connectRaw({ kind: 'tcp', host: '127.0.0.1', port }, { strings: true });
    const observer = { proxy, client };
    this.observers.push(observer);
    return observer;
  }

  async stopObservers(): Promise<void> {
    for (const { proxy, client } of this.observers.splice(0)) {
      await client.close();
      await proxy.stop();
    }
  }

  async stop(): Promise<void> {
    await this.stopObservers();
    await Promise.all(this.servers.map(({ relay }) => relay.stop()));
    await Promise.all(this.servers.map(({ redis }) => redis.stop()));
  }
}

/** Resolves when what the server says of its replication is so. */
export async function untilInfo({ redis }: ObservedServer, expected: RegExp): Promise<void> {
  await vi.waitFor(async () => expect(await infoOf(redis)).toMatch(expected), {
    timeout: 10_000,
    interval: 20,
  });
}

export async function infoOf(redis: RedisServer): Promise<string> {
  // A connection that stays is closed when the server is made a replica.
  const client = await connectRaw(redis.endpoint);
  return String(await client.command('INFO', 'replication').finally(() => client.close()));
}

/** A write that the former primary took with it has an unknown outcome: whoever sent it tries again. */
export async function untilWritten(client: RawClient, key: string, value: string): Promise<void> {
  for (;;) {
    const reply = await client.command('SET', key, value);
    if (reply === 'OK') return;
    expect(String(reply)).toMatch(/ERR (unknown|.*timed out)/);
  }
}
