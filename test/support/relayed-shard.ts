import { askServer, freePort, type RedisServer, startRedis, startRelay } from '@shardmux/testing';
import { vi } from 'vitest';
import type { Victim } from './faults.js';

/** How long servers may take until each of them is as it is waited for, in ms. */
const LIMIT = 30_000;

/** A primary and its replicas, each of which all but the test reach over a relay of its own, and know by that. */
export class RelayedShard {
  readonly members: readonly Victim[];

  private constructor(members: readonly Victim[]) {
    this.members = members;
  }

  /**
   * The first of them is the primary. Resolves when all others have its data.
   * @param restarted what they take themselves for when they are restarted: primaries, or replicas of the first.
   */
  static async start(
    replicas: number,
    restarted: 'primaries' | 'replicas' = 'primaries',
  ): Promise<RelayedShard> {
    const first = await startMember();
    const { host, port } = first.relay;
    const follow = restarted === 'replicas' ? ['--replicaof', `${host} ${port}`] : [];
    const others = await Promise.all(Array.from({ length: replicas }, () => startMember(follow)));
    for (const { server } of others) await askServer(server, 'REPLICAOF', host, port);
    const shard = new RelayedShard([first, ...others]);
    await shard.settled();
    return shard;
  }

  /** Resolves with the primary when all servers run, all others are its replicas, and it has them online. */
  async settled(): Promise<Victim> {
    return vi.waitUntil(() => this.#settledPrimary(), { timeout: LIMIT, interval: 20 });
  }

  /** May be called twice. */
  async stop(): Promise<void> {
    await Promise.all(this.members.map(({ server }) => server.stop()));
    await Promise.all(this.members.map(({ relay }) => relay.stop()));
  }

  async #settledPrimary(): Promise<Victim | null> {
    // Who makes a server a replica cuts off those that are connected.
    const infos = await Promise.all(this.members.map(({ server }) => replicationOf(server).catch(() => '')));
    const [primary, another] = this.members.filter((_, i) => infos[i].includes('role:master'));
    const copies = infos.filter((info) => info.includes('master_link_status:up'));
    if (primary === undefined || another !== undefined || copies.length < infos.length - 1) return null;
    const online = infos[this.members.indexOf(primary)].match(/state=online/g) ?? [];
    return online.length === copies.length ? primary : null;
  }
}

/** What a server says of itself as a primary or replica. */
export async function replicationOf(server: RedisServer): Promise<string> {
  return String(await askServer(server, 'INFO', 'replication'));
}

async function startMember(args: readonly string[] = []): Promise<Victim> {
  const port = await freePort();
  const server = await startRedis({
    args: [
      ...['--replica-announce-ip', '127.0.0.1', '--replica-announce-port', String(port)],
      // Without it a replica waits for five seconds until it is sent its copy.
      ...['--repl-diskless-sync-delay', '0'],
      ...args,
    ],
  });
  return { server, relay: await startRelay(server.endpoint, port) };
}
