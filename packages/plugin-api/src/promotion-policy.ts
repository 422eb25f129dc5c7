import type { ReplicationState } from './codec/replication.js';

/** How a primary looks to one observer. */
export interface PrimaryHealth {
  /** For how long nothing has been heard of it, in ms: no answer to a question, nor to a client's request. */
  readonly silentFor: number;
  /** For how long it has refused or closed every connection, in ms; 0 where it has not. */
  readonly refusedFor: number;
}

/** A replica that has answered, and could take over. */
export interface PromotionCandidate {
  /** Its address. */
  readonly address: string;
  readonly state: ReplicationState;
}

/**
 * When a primary is given up for one of its replicas, and for which: the rules alone. The engine asks the servers,
 * counts the votes of all observers in the coordination store, and sees to it that what was decided is so.
 *
 * Synchronous, and without a state of its own. Experimental.
 */
export interface PromotionPolicy {
  /** How often each primary is asked whether it is there, in ms. */
  readonly interval: number;
  /**
   * Whether a process sends it nothing more, and takes no answer to what it has sent, until it is heard again. True of
   * each that `isDown`, and sooner by more than the clocks of two observers differ: so nobody takes the answer of a
   * primary that others have given up.
   */
  isDoubtful(health: PrimaryHealth): boolean;
  /** Whether this observer votes for giving it up, now. It is asked again and again: a vote may be taken back. */
  isDown(health: PrimaryHealth): boolean;
  /** Whether so many votes out of so many observers that are alive decide. */
  decides(votes: number, observers: number): boolean;
  /**
   * Who takes over; `null`: none is fit, and it is tried again.
   * @param candidates replicas with the primary's data up to their offsets, which compare.
   * @param health the primary's.
   */
  choose(candidates: readonly PromotionCandidate[], health: PrimaryHealth): PromotionCandidate | null;
}
