import type { NodeDescription, ReplicaDescription } from '@shardmux/plugin-api';
import {
  connectRaw,
  type RawClient,
  type RedisServer,
  type Relay,
  startRedis,
  startRelay,
} from '@shardmux/testing';

/** A primary and its replicas, each of which hears it over a relay of its own. */
export class ReplicatedShard {
  readonly name: string;
  readonly primary: RedisServer;
  readonly replicas: readonly RedisServer[];
  /** Between the primary and each replica. */
  readonly relays: readonly Relay[];

  private constructor(
    name: string,
    primary: RedisServer,
    replicas: readonly RedisServer[],
    relays: readonly Relay[],
  ) {
    this.name = name;
    this.primary = primary;
    this.replicas = replicas;
    this.relays = relays;
  }

  /** Resolves when all replicas follow. */
  static async start(replicas: number, name = 'shard'): Promise<ReplicatedShard> {
    const args = ['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'];
    const primary = await startRedis({ args });
    const relays = await Promise.all(Array.from({ length: replicas }, () => startRelay(primary.endpoint)));
    const copies = await Promise.all(
      relays.map(({ host, port }) => startRedis({ args: [...args, '--replicaof', `${host} ${port}`] })),
    );
    const shard = new ReplicatedShard(name, primary, copies, relays);
    await Promise.all(copies.map((_, i) => shard.follows(i)));
    return shard;
  }

  get description(): NodeDescription {
    return this.with(...this.replicas.keys());
  }

  /** With these replicas alone. */
  with(...replicas: number[]): NodeDescription {
    const described = replicas.map((i): ReplicaDescription => {
      return { name: `${this.name}-${i}`, endpoint: this.replicas[i].endpoint };
    });
    return { name: this.name, endpoint: this.primary.endpoint, weight: 1, replicas: described };
  }

  /** Resolves when replica number `i` follows its primary. */
  async follows(i: number): Promise<void> {
    const client = await connectRaw(this.replicas[i].endpoint);
    while (!/master_link_status:up/.test(String(await client.command('INFO', 'replication'))))
      await new Promise((resolve) => setTimeout(resolve, 20));
    await client.close();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.replicas, this.primary].map((server) => server.stop()));
    await Promise.all(this.relays.map((relay) => relay.stop()));
  }
}

/** How often a server has run a command. */
export async function callsOf(server: RedisServer, command: string): Promise<number> {
  const client: RawClient = await connectRaw(server.endpoint, { strings: true });
  const stats = String(await client.command('INFO', 'commandstats'));
  await client.close();
  return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
}
