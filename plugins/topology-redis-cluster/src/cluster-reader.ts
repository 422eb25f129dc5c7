import { formatEndpoint } from '@shardmux/plugin-api';
import type { Address } from './address.js';
import { ClusterError } from './cluster-error.js';
import { agree, type ClusterView } from './cluster-view.js';
import { type Access, Member } from './member.js';
import { addressesOf, Poll } from './poll.js';

/**
 * Asks servers of a cluster, and tells which of them to believe. Seeds are asked for ever, and their names resolved
 * anew for each connection: all servers that a cluster had may be gone, and others in their place.
 */
export class ClusterReader {
  readonly #seeds: readonly Address[];
  readonly #access: Access;
  /** By address. */
  readonly #members = new Map<string, Member>();
  #known: readonly Address[] = [];
  #isClosed = false;

  constructor(seeds: readonly Address[], access: Access) {
    this.#seeds = seeds;
    this.#access = access;
  }

  /**
   * Of those that say that the cluster is up, the view with the highest epoch; of equals, one that most agree with.
   * Where nobody says so, the same among all.
   *
   * @throws {ClusterError} `SHARDMUX_REDIS_CLUSTER_AWAY` where nobody answers.
   */
  async read(): Promise<ClusterView> {
    const poll = new Poll(async (address) => this.memberAt(address).ask());
    await poll.run(this.#candidates());
    if (poll.views.length === 0) throw ClusterError.away(poll.faults);
    const up = poll.views.filter(({ isUp }) => isUp);
    const view = mostCredible(up.length > 0 ? up : poll.views);
    this.#keep(addressesOf(view));
    return view;
  }

  /** Servers to ask as well, where none are known but the seeds. */
  learn(addresses: readonly Address[]): void {
    if (this.#known.length === 0) this.#known = addresses;
  }

  /** @throws an error, once it is closed. */
  memberAt(address: Address): Member {
    if (this.#isClosed) throw new Error('nobody is asked any more');
    const key = formatEndpoint(address);
    const known = this.#members.get(key);
    if (known && !known.isOver) return known;
    const member = new Member(address, this.#access);
    this.#members.set(key, member);
    return member;
  }

  /** Resolves when no connection is left. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(Array.from(this.#members.values(), (member) => member.close()));
  }

  /** Those first that there is a connection to. The others in any order, so that all have their turn. */
  #candidates(): Address[] {
    const open = [...this.#members.values()].filter(({ isOpen }) => isOpen);
    return [...open.map(({ address }) => address), ...shuffled([...this.#known, ...this.#seeds])];
  }

  /** Leaves those that are no part of the cluster any more. */
  #keep(known: readonly Address[]): void {
    this.#known = known;
    const addresses = new Set([...known, ...this.#seeds].map(formatEndpoint));
    for (const [key, member] of this.#members) {
      if (addresses.has(key)) continue;
      this.#members.delete(key);
      void member.close();
    }
  }
}

function mostCredible(views: readonly ClusterView[]): ClusterView {
  const epoch = Math.max(...views.map((view) => view.epoch));
  const latest = views.filter((view) => view.epoch === epoch);
  const votesFor = (view: ClusterView) => latest.filter((other) => agree(view, other)).length;
  return latest.reduce((best, view) => (votesFor(view) > votesFor(best) ? view : best));
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, rank: Math.random() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ item }) => item);
}
