import type { ReadableServer, ReplicationState } from '@shardmux/plugin-api';
import type { ServerNode } from '../dispatch/server-node.js';
import type { Reader } from './reader.js';

/** A replica that lacks what its primary had so many ms ago is stale. */
const MAX_LAG = 5_000;

/** A replica that owes an answer for so long is silent, in ms. */
const MAX_SILENCE = 1_000;

/** One that owes reads an answer for so long is asked whether it hangs, in ms. */
const MAX_PATIENCE = 100;

/** One that is not read from has longer: it may be a connection away. */
const MAX_RECOVERY = 5_000;

/** How many moments are remembered: enough for the longest lag. */
const MAX_MARKS = 128;

/** What the shard must know of its pool. */
export interface ReadersPool {
  /** By the turn's clock. */
  readonly now: number;
  makeReader(node: ServerNode, isPrimary: boolean, heard: (reader: Reader, askedAt: number) => void): Reader;
  /** Of these servers, those that are to be read from. */
  choose(servers: readonly ReadableServer[]): readonly ReadableServer[];
  /** A replica is read from (`null`), or not, and why. */
  judged(primary: ServerNode, replica: ServerNode, fault: string | null): void;
}

/**
 * The servers of one shard, and which of them are read from.
 *
 *   primary, asked at s ──► offset p ──► mark (s, p) ┐
 *                                                    ├──► r ≥ p: the replica has all that was acknowledged before s
 *   replica ──────────────► offset r ────────────────┘
 *
 *             of the primary's history, follows it, is not stale
 *   left out ───────────────────────────────────────────────────► fit
 *             ◄───────────────────────────────────────────────────
 *               else; or lost, or silent: then what waits there goes to the primary
 */
export class ShardReaders {
  /** Whom sessions are spread over. */
  chosen: readonly Reader[] = [];
  /** A session waits for a replica to have what it wrote. */
  isAwaited = false;
  readonly primary: Reader;
  readonly #pool: ReadersPool;
  #replicas: readonly Reader[] = [];
  #marks: { readonly time: number; readonly offset: number }[] = [];
  #history: string | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(pool: ReadersPool, primary: ServerNode) {
    this.#pool = pool;
    this.primary = pool.makeReader(primary, true, (reader, askedAt) => this.#heardPrimary(reader, askedAt));
  }

  /** The replicas of the snapshot; those that stay are as fit as they were. */
  adopt(replicas: readonly ServerNode[]): void {
    const known = new Map(this.#replicas.map((reader) => [reader.node, reader]));
    this.#replicas = replicas.map(
      (node) => known.get(node) ?? this.#pool.makeReader(node, false, (reader) => this.#judge(reader)),
    );
    this.#choose();
    this.look();
  }

  get isKnown(): boolean {
    return this.#replicas.every(({ isKnown }) => isKnown);
  }

  /** Nobody waits, for a change or for a replica that may hang, and it was looked at since then. */
  isIdleSince(time: number): boolean {
    return !this.isAwaited && this.#lookedAt > time && this.#replicas.every((each) => this.#isQuick(each));
  }

  #isQuick({ fault, inquiry, node }: Reader): boolean {
    return fault === null && inquiry.askedAt === null && !node.isSilentSince(this.#pool.now - MAX_PATIENCE);
  }

  /** Asks all. The replicas last: so they are likely to have what the primary says. */
  look(): void {
    this.#lookedAt = this.#pool.now;
    this.isAwaited = false;
    if (this.#replicas.length === 0) return;
    for (const replica of this.#replicas) {
      if (!this.#isSilent(replica, replica.fault === null ? MAX_SILENCE : MAX_RECOVERY)) continue;
      this.#leaveOut(replica, 'it does not answer');
      // A server that hangs does not close its connections: reads that wait there go to the primary.
      replica.node.closeLinks();
    }
    if (this.primary.inquiry.askedAt === null) this.primary.inquiry.ask();
    else this.#askReplicas();
    if (this.#isSilent(this.primary, MAX_SILENCE)) this.#missPrimary();
  }

  #askReplicas(): void {
    for (const { inquiry } of this.#replicas) inquiry.ask();
  }

  #isSilent({ inquiry }: Reader, limit: number): boolean {
    return inquiry.askedAt !== null && inquiry.askedAt <= this.#pool.now - limit;
  }

  #missPrimary(): void {
    this.primary.latency = Number.POSITIVE_INFINITY;
    this.#choose();
  }

  /** Something speaks against one of its replicas. */
  lost(node: ServerNode): void {
    const replica = this.#replicas.find((each) => each.node === node);
    if (replica !== undefined) this.#leaveOut(replica, 'it failed');
  }

  #leaveOut(replica: Reader, fault: string): void {
    replica.state = null;
    // It may be another server by the time that it answers.
    replica.hasAllUntil = Number.NEGATIVE_INFINITY;
    this.#settle(replica, fault);
  }

  #heardPrimary({ state }: Reader, time: number): void {
    if (state?.role === 'primary') {
      if (state.history !== this.#history) this.#begin(state.history);
      this.#marks.push({ time, offset: state.offset });
      if (this.#marks.length > MAX_MARKS) this.#marks.shift();
    }
    this.#askReplicas();
    this.#choose();
  }

  /** Offsets count from another beginning. */
  #begin(history: string): void {
    this.#history = history;
    this.#marks = [];
    for (const replica of this.#replicas) replica.hasAllUntil = Number.NEGATIVE_INFINITY;
  }

  #judge(replica: Reader): void {
    if (!this.#replicas.includes(replica)) return;
    const { state } = replica;
    if (state === null) this.#leaveOut(replica, 'it does not say how its replication stands');
    else this.#settle(replica, this.#faultOf(replica, state));
  }

  #faultOf(replica: Reader, { role, history, offset, isFollowing }: ReplicationState): string | null {
    if (role !== 'replica') return 'it is no replica';
    if (!isFollowing) return 'it does not hear its primary, or is about to get all data anew';
    if (this.#history === null) return null;
    if (history !== this.#history) return 'it follows another primary';
    const newest = this.#marks[this.#marks.length - 1];
    const had = this.#marks.findLast((mark) => mark.offset <= offset);
    if (had !== undefined) replica.hasAllUntil = Math.max(replica.hasAllUntil, had.time);
    return newest.time - replica.hasAllUntil > MAX_LAG ? 'it is too far behind its primary' : null;
  }

  #settle(replica: Reader, fault: string | null): void {
    const isNews = (replica.fault === null) !== (fault === null);
    replica.fault = fault;
    if (isNews) this.#pool.judged(this.primary.node, replica.node, fault);
    this.#choose();
  }

  #choose(): void {
    const fit = this.#replicas.filter(({ fault }) => fault === null);
    const chosen = this.#pool.choose([this.primary, ...fit]);
    this.chosen = [this.primary, ...fit].filter((reader) => chosen.includes(reader));
  }
}
