import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { askServer } from './ask-server.js';
import { type ClusterMember, type ClusterView, viewOf } from './cluster-view.js';
import { findBinary } from './find-binary.js';
import { FixtureError } from './fixture-error.js';
import { connectRaw, type RawClient } from './raw-client.js';
import { type RedisServer, startRedis } from './redis-server.js';

const SLOTS = 16_384;
/** How long a cluster may take to be as it was told to be, in ms. */
const LIMIT = 30_000;
const POLL_INTERVAL = 20;
/** Redis waits at least so long for votes, in ms, however short the node timeout is. */
const SHORTEST_ELECTION = 2_000;

const run = promisify(execFile);

export interface RedisClusterOptions {
  /** How many servers have slots, an even share each: 3 unless told. */
  readonly primaries?: number;
  /** How many servers hold copies, dealt out to the primaries in turn: none unless told. */
  readonly replicas?: number;
  /** How long a server may be silent until it counts as failed, in ms: 2,000 unless told. */
  readonly nodeTimeout?: number;
  /** Further arguments of each redis-server, as on its command line. */
  readonly args?: readonly string[];
}

/**
 * Starts a real Redis Cluster. Resolves when it is up, says every member of it.
 * @throws {FixtureError} `SHARDMUX_FIXTURE_MISSING` or `SHARDMUX_FIXTURE_FAILED`.
 */
export async function startRedisCluster(options: RedisClusterOptions = {}): Promise<RedisCluster> {
  const { primaries = 3, replicas = 0, nodeTimeout = 2_000, args = [] } = options;
  const memberArgs = [
    ...['--cluster-node-timeout', String(nodeTimeout), '--repl-diskless-sync-delay', '0'],
    // A replica counts as loading until it was sent something.
    ...['--repl-ping-replica-period', '1', ...args],
  ];
  const started = await Promise.allSettled(
    Array.from({ length: primaries + replicas }, () => startRedis({ cluster: true, args: memberArgs })),
  );
  const servers = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const cluster = new RedisCluster(servers, primaries, nodeTimeout);
  try {
    for (const each of started) if (each.status === 'rejected') throw each.reason;
    await cluster.join();
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return cluster;
}

/** Servers that share the slots of a Redis Cluster: its first primaries, then their first replicas in the same order. */
export class RedisCluster {
  readonly servers: readonly RedisServer[];
  readonly #primaries: number;
  /** How long after one election a server can have the next, in ms. */
  readonly #betweenElections: number;
  /** When each server took over last. */
  readonly #takeovers = new Map<RedisServer, number>();

  constructor(servers: readonly RedisServer[], primaries: number, nodeTimeout: number) {
    this.servers = servers;
    this.#primaries = primaries;
    this.#betweenElections = 2 * Math.max(2 * nodeTimeout, SHORTEST_ELECTION);
  }

  /** Who has a slot, says the first server that counts the cluster as up. */
  async primaryOf(slot: number): Promise<RedisServer> {
    const members = await this.#members();
    const owner = members.find(({ slots }) => slots.some(([first, last]) => first <= slot && slot <= last));
    return this.#serverOf(owner, `nobody has slot ${slot}`);
  }

  /** Who holds a copy of a server's data, says the first server that counts the cluster as up. */
  async replicaOf(primary: RedisServer): Promise<RedisServer> {
    const members = await this.#members();
    const id = members.find(({ port }) => port === primary.port)?.id;
    const replica = members.find((member) => member.primary === id && member.isWell);
    return this.#serverOf(replica, `${primary.port} has no replica`);
  }

  /**
   * Moves so many slots, with their keys, as operators do: by `redis-cli --cluster reshard`. Resolves when every server
   * has heard of it, and each replica of the new owner may take over.
   */
  async reshard(slots: number, from: RedisServer, to: RedisServer): Promise<void> {
    const members = await this.#members();
    const idOf = ({ port }: RedisServer) => members.find((member) => member.port === port)?.id ?? '';
    await run(findBinary('redis-cli') ?? 'redis-cli', [
      ...['--cluster', 'reshard', `${to.host}:${to.port}`, '--cluster-yes'],
      ...['--cluster-from', idOf(from), '--cluster-to', idOf(to), '--cluster-slots', String(slots)],
    ]);
    const moved = await this.#members(to);
    const areKnown = (view: ClusterView) => placesOf(view.members) === placesOf(moved);
    await this.#until('of one mind', areKnown);
    await this.#hearAnew(to, moved);
    await this.#until('of one mind', areKnown);
  }

  /**
   * Messages overtake each other: by an older one a replica may take it that its primary does not claim its last slot,
   * and keep that to itself for good (7.0's `owner_not_claiming_slot`). When it leads, it gives that slot back to its
   * former primary, and then nobody has it. Forgotten, and heard of anew, the slot is its primary's.
   */
  async #hearAnew(primary: RedisServer, members: readonly ClusterMember[]): Promise<void> {
    const { id, slots = [] } = members.find(({ port }) => port === primary.port) ?? {};
    for (const replica of members.filter((member) => member.primary === id)) {
      const server = this.#serverOf(replica, 'a replica has gone');
      const reply = await askServer(server, 'CLUSTER', 'DELSLOTSRANGE', ...slots.flat());
      if (reply !== 'OK') throw failed(`refuses CLUSTER DELSLOTSRANGE: ${reply}`);
    }
  }

  /**
   * Makes a replica the primary of its shard, as operators do: by `CLUSTER FAILOVER`. Resolves when every server says
   * so. Who took over a while ago waits first: before the time for another election Redis counts the votes of the last
   * one again, and is a primary whom nobody believes, or gives up (`clusterHandleSlaveFailover` of Redis 7.0).
   */
  async takeOver(replica: RedisServer): Promise<void> {
    const last = this.#takeovers.get(replica);
    if (last !== undefined) await sleep(Math.max(0, last + this.#betweenElections - performance.now()));
    const reply = await askServer(replica, 'CLUSTER', 'FAILOVER');
    if (reply !== 'OK') throw failed(`refuses CLUSTER FAILOVER: ${reply}`);
    await this.#until(`led by ${replica.port}`, ({ members }) => {
      return members.some(({ port, slots }) => port === replica.port && slots.length > 0);
    });
    this.#takeovers.set(replica, performance.now());
  }

  /** Resolves when all servers run, know each other, and say that the cluster is up and every replica a good copy. */
  async settled(): Promise<void> {
    const { length } = this.servers;
    const replicas = length - this.#primaries;
    await this.#until('up', ({ isUp, isWhole, members }) => {
      const copies = members.filter(({ primary }) => primary !== null);
      return isUp && isWhole && members.length === length && copies.length === replicas;
    });
  }

  /** Makes one cluster of servers that know nobody. */
  async join(): Promise<void> {
    const clients = await Promise.all(
      this.servers.map((server) => connectRaw(server.endpoint, { strings: true })),
    );
    try {
      await this.#meet(clients);
      for (const [i, client] of clients.entries()) {
        if (i < this.#primaries) continue;
        const id = await clients[i % this.#primaries].command('CLUSTER', 'MYID');
        await tell(client, 'CLUSTER', 'REPLICATE', String(id));
      }
    } finally {
      await Promise.all(clients.map((client) => client.close()));
    }
    await this.settled();
  }

  /** May be called twice. */
  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
  }

  async #meet(clients: readonly RawClient[]): Promise<void> {
    for (const [i, client] of clients.entries()) {
      // Two servers of one epoch would have to agree first who goes ahead.
      await tell(client, 'CLUSTER', 'SET-CONFIG-EPOCH', String(i + 1));
      if (i < this.#primaries) await tell(client, 'CLUSTER', 'ADDSLOTSRANGE', ...shareOf(i, this.#primaries));
      const [, busPort] = (await client.command('CONFIG', 'GET', 'cluster-port')) as string[];
      const { host, port } = this.servers[i];
      await tell(clients[0], 'CLUSTER', 'MEET', host, String(port), busPort);
    }
    await this.#until('acquainted', ({ members }) => {
      return members.length === clients.length && members.every(({ isWell }) => isWell);
    });
  }

  /** Resolves when every server sees the cluster so. */
  async #until(state: string, holds: (view: ClusterView) => boolean): Promise<void> {
    const deadline = Date.now() + LIMIT;
    for (;;) {
      const views = await Promise.all(this.servers.map((server) => viewOf(server)));
      if (views.every((view) => view !== null && holds(view))) return;
      if (Date.now() > deadline) throw failed(`is not ${state} after ${LIMIT} ms: ${JSON.stringify(views)}`);
      await sleep(POLL_INTERVAL);
    }
  }

  /** @param first whom to ask before the others. */
  async #members(first = this.servers[0]): Promise<readonly ClusterMember[]> {
    for (const server of [first, ...this.servers]) {
      const view = await viewOf(server);
      if (view?.isUp) return view.members;
    }
    throw failed('is up for nobody');
  }

  #serverOf(member: ClusterMember | undefined, otherwise: string): RedisServer {
    const server = this.servers.find(({ port }) => port === member?.port);
    if (server === undefined) throw failed(`is broken: ${otherwise}`);
    return server;
  }
}

/** The first and the last slot of one of so many even shares. */
function shareOf(index: number, shares: number): [first: string, last: string] {
  const edge = (i: number) => Math.round((SLOTS * i) / shares);
  return [String(edge(index)), String(edge(index + 1) - 1)];
}

/** Who has which slots. */
function placesOf(members: readonly ClusterMember[]): string {
  const owners = members.filter(({ slots }) => slots.length > 0);
  return owners
    .map(({ id, slots }) => `${id} ${slots.join(' ')}`)
    .sort()
    .join();
}

async function tell(client: RawClient, ...command: string[]): Promise<void> {
  const reply = await client.command(...command);
  if (reply !== 'OK') throw failed(`refuses ${command.join(' ')}: ${reply}`);
}

function failed(what: string): FixtureError {
  return new FixtureError('SHARDMUX_FIXTURE_FAILED', `the Redis Cluster ${what}`);
}
