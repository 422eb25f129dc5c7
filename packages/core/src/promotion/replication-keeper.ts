import {
  type Endpoint,
  formatEndpoint,
  type NodeDescription,
  type Replication,
  type ReplicationState,
} from '@shardmux/plugin-api';
import type { Observers } from './observers.js';
import type { PrimaryWatch } from './primary-watch.js';
import type { ReplicationLinks } from './replication-links.js';
import type { Role, Roles } from './roles.js';

/** How often it is looked at whether all servers do what was decided, in ms. */
const INTERVAL = 1_000;

/** A decision that is older, in ms, was carried out: servers that do otherwise since were told so by somebody else. */
const SETTLED = 5_000;

export interface KeeperParts {
  readonly roles: Roles;
  readonly observers: Observers;
  readonly links: ReplicationLinks;
  readonly replication: Replication;
  readonly warn: (message: string) => void;
  /** Those of all shards with replicas, by shard. */
  readonly watches: ReadonlyMap<string, PrimaryWatch>;
}

/**
 * Sees to it that the servers of a shard do what was decided. The former primary is fenced as soon as it can be
 * reached: it follows the new one, and who still takes it for a primary loses its connection.
 *
 *   the primary: a replica ──lead──► primary
 *   all others:  a primary ──demote──► replica of it, clients gone
 *                a replica of another ──follow──► replica of it
 *
 * What an operator has done by hand is not undone: where the primary follows another server of its shard, which leads,
 * that is decided as well.
 */
export class ReplicationKeeper {
  readonly #parts: KeeperParts;
  /** Since when a shard has its role, as far as is known here. */
  readonly #decidedAt = new Map<string, { readonly term: number; readonly time: number }>();
  #timer: NodeJS.Timeout | null = null;
  #isLooking = false;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#look(), INTERVAL);
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  /** One observer does it for all. */
  async #look(): Promise<void> {
    const { roles, observers, watches } = this.#parts;
    const isNeeded = !roles.isEmpty || [...watches.values()].some(({ state }) => state?.role === 'replica');
    if (this.#isLooking || !isNeeded || !observers.isFirst) return;
    this.#isLooking = true;
    if (await roles.read()) await Promise.all([...watches.keys()].map((shard) => this.keep(shard)));
    this.#isLooking = false;
  }

  async keep(shard: string): Promise<void> {
    const { roles, watches } = this.#parts;
    const watch = watches.get(shard);
    if (watch === undefined) return;
    const role = roles.of(shard);
    const successor = this.#isSettled(shard, role) ? await this.#successorOf(watch) : null;
    if (successor !== null) {
      this.#parts.warn(`${successor} is the primary of ${shard} by now`);
      await roles.decide(shard, successor, role);
    } else if (role?.primary === watch.address) await this.#carryOut(watch.node.description, role);
  }

  /** Where the primary cannot be reached, all stays as it is. */
  async #carryOut({ name, endpoint, replicas = [] }: NodeDescription, { term }: Role): Promise<void> {
    const { roles, observers, links, replication } = this.#parts;
    if (endpoint.kind !== 'tcp') return;
    const isValid = () => observers.isAlive && roles.of(name)?.term === term;
    const state = await links.stateOf(endpoint);
    if (state === null || !isValid()) return;
    if (state.role === 'replica') {
      this.#parts.warn(`${formatEndpoint(endpoint)} is made the primary of ${name}`);
      if (!(await links.change(endpoint, replication.lead))) return;
    }
    await Promise.all(replicas.map((replica) => this.#subject(replica.endpoint, endpoint, isValid)));
  }

  async #subject(
    server: Endpoint,
    primary: Extract<Endpoint, { kind: 'tcp' }>,
    isValid: () => boolean,
  ): Promise<void> {
    const { links, replication } = this.#parts;
    const state = await links.stateOf(server);
    if (state === null || isReplicaOf(state, primary) || !isValid()) return;
    this.#parts.warn(`${formatEndpoint(server)} is made a replica of ${formatEndpoint(primary)}`);
    const { host, port } = primary;
    await links.change(
      server,
      state.role === 'primary' ? replication.demote(host, port) : replication.follow(host, port),
    );
  }

  #isSettled(shard: string, role: Role | undefined): boolean {
    if (role === undefined) return true;
    const now = performance.now();
    const known = this.#decidedAt.get(shard);
    if (known?.term === role.term) return now - known.time > SETTLED;
    this.#decidedAt.set(shard, { term: role.term, time: now });
    return false;
  }

  /** Another server of the shard that its primary says to follow, and that says to lead; `null`: none. */
  async #successorOf({ node: { description }, state }: PrimaryWatch): Promise<string | null> {
    if (state?.role !== 'replica') return null;
    const followed = (description.replicas ?? []).find(({ endpoint }) => isReplicaOf(state, endpoint));
    if (followed === undefined) return null;
    const found = await this.#parts.links.stateOf(followed.endpoint);
    return found?.role === 'primary' ? formatEndpoint(followed.endpoint) : null;
  }
}

function isReplicaOf({ source }: ReplicationState, endpoint: Endpoint): boolean {
  return endpoint.kind === 'tcp' && source?.host === endpoint.host && source.port === endpoint.port;
}
