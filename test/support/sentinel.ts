import { connectRaw, type RedisServer, type Sentinels, startRedis, startSentinels } from '@shardmux/testing';

/** Groups of a primary and a replica, and real Sentinels that watch them and alone decide. */
export class SentinelGroups {
  readonly groups: readonly (readonly RedisServer[])[];
  readonly sentinels: Sentinels;

  private constructor(groups: readonly (readonly RedisServer[])[], sentinels: Sentinels) {
    this.groups = groups;
    this.sentinels = sentinels;
  }

  /** Resolves when the Sentinels know every server. The groups are called `group0`, `group1`, … */
  static async start(groups: number, sentinels = 1): Promise<SentinelGroups> {
    const servers = await Promise.all(Array.from({ length: groups }, startGroup));
    const masters = Object.fromEntries(servers.map(([primary], i) => [`group${i}`, primary]));
    return new SentinelGroups(servers, await startSentinels({ masters, count: sentinels }));
  }

  get port(): number {
    return this.sentinels.members[0].port;
  }

  /** Which port a group's primary has, says the first Sentinel. */
  primaryOf(index: number): Promise<number> {
    return this.sentinels.primaryOf(`group${index}`);
  }

  /** May be called twice. */
  async stop(): Promise<void> {
    await Promise.all([this.sentinels.stop(), ...this.groups.flat().map((server) => server.stop())]);
  }
}

async function startGroup(): Promise<RedisServer[]> {
  // Without it a replica waits for five seconds until it is sent its copy.
  const args = ['--repl-diskless-sync-delay', '0'];
  const [primary, replica] = await Promise.all([startRedis({ args }), startRedis({ args })]);
  const client = await connectRaw(replica.endpoint);
  // Not by an argument: whoever is restarted counts itself as a primary.
  await client.command('REPLICAOF', primary.host, primary.port);
  await client.close();
  return [primary, replica];
}
