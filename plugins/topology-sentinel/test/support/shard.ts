import { type RedisServer, type Sentinels, startRedis, startSentinels } from '@shardmux/testing';

/** Two servers, the first of which begins as the primary, and Sentinels that watch them as `shard`. */
export class Shard {
  readonly servers: readonly [RedisServer, RedisServer];
  readonly sentinels: Sentinels;

  private constructor(servers: readonly [RedisServer, RedisServer], sentinels: Sentinels) {
    this.servers = servers;
    this.sentinels = sentinels;
  }

  static async start(): Promise<Shard> {
    // Without it a replica waits for five seconds until it is sent its copy.
    const args = ['--repl-diskless-sync-delay', '0'];
    const primary = await startRedis({ args });
    const replica = await startRedis({
      args: [...args, '--replicaof', primary.host, String(primary.port)],
    });
    return new Shard([primary, replica], await startSentinels({ masters: { shard: primary } }));
  }

  /** The primary, and the other one. */
  async roles(): Promise<readonly [primary: RedisServer, replica: RedisServer]> {
    const port = await this.sentinels.primaryOf('shard');
    const [one, other] = this.servers;
    return one.port === port ? [one, other] : [other, one];
  }

  async stop(): Promise<void> {
    await Promise.all([this.sentinels, ...this.servers].map((each) => each.stop()));
  }
}
