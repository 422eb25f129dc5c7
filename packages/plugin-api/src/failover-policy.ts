/** Something that speaks against a node. One closed or refused connection is one failure, however many waited. */
export interface NodeFailure {
  readonly node: string;
  readonly cause: 'refused' | 'closed' | 'timeout' | 'garbage' | 'probe';
  /** Failures since the node last answered, this one included. The engine counts; any reply zeroes it. */
  readonly consecutive: number;
}

export type FailoverVerdict =
  | { readonly action: 'keep' }
  /** Take the node out of the ring; probe it after `probeAfter` ms, and after as long again if that fails. */
  | { readonly action: 'eject'; readonly probeAfter: number };

/** Decides what becomes of a failing node. Experimental: promotion of replicas joins it. */
export interface FailoverPolicy {
  /** Synchronous; keeps no state of its own about nodes. Not asked about a node that is ejected already. */
  failed(failure: NodeFailure): FailoverVerdict;
}
