import type { PromotionPolicy } from './promotion-policy.js';

/** Something that speaks against a node. One closed or refused connection is one failure, however many waited. */
export interface NodeFailure {
  readonly node: string;
  readonly cause: 'refused' | 'closed' | 'timeout' | 'garbage' | 'probe';
  /** Failures since the node last answered, this one included. The engine counts; any reply zeroes it. */
  readonly consecutive: number;
}

export type FailoverVerdict =
  | { readonly action: 'keep' }
  /** Take the node out of service; probe it after `probeAfter` ms, and after as long again if that fails. */
  | { readonly action: 'eject'; readonly probeAfter: number };

/** Decides what becomes of a failing node. Experimental. */
export interface FailoverPolicy {
  /** Where keys of an ejected node go: to the others; false: nowhere, they are refused at once. Left out: true. */
  readonly rehashes?: boolean;
  /** Synchronous; keeps no state of its own about nodes. Not asked about a node that is ejected already. */
  failed(failure: NodeFailure): FailoverVerdict;
  /** It leaves it to whoever the pool's topology tells of: to a topology that tells of no promotions it is refused. */
  readonly follows?: boolean | undefined;
  /** When a replica takes over from its primary. Left out: none does. */
  readonly promotion?: PromotionPolicy | undefined;
}
