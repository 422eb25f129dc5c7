import type { DistributionNode } from './distribution-strategy.js';
import type { Endpoint } from './endpoint.js';

/** A server that holds a copy of another one's data, and may be read from. */
export interface ReplicaDescription {
  /** Unique in its snapshot, among nodes and replicas alike. */
  readonly name: string;
  readonly endpoint: Endpoint;
  /** Where it stands: a data centre, a rack. Left out: nowhere in particular. */
  readonly zone?: string | undefined;
}

/**
 * One shard of a pool. Its name stays, whichever of its servers is the primary: another endpoint under the same name
 * is a failover, or a move. Experimental.
 */
export interface NodeDescription extends DistributionNode {
  /** Unique in its snapshot and stable over time: what a distribution places and statistics are kept under. */
  readonly name: string;
  /** Of its primary. */
  readonly endpoint: Endpoint;
  /** Where the primary stands. */
  readonly zone?: string | undefined;
  /** Left out: it has none. */
  readonly replicas?: readonly ReplicaDescription[] | undefined;
  /**
   * Where it is another endpoint under a name that there was before: the one before is well, and is waited for until it
   * has answered what it was sent. Left out: it may hang, and is waited for no longer than for a moment.
   */
  readonly isPlanned?: boolean | undefined;
}

export interface TopologySnapshot {
  /** Grows with every change. */
  readonly epoch: number;
  /** At least one. */
  readonly nodes: readonly NodeDescription[];
}

export interface TopologyListener {
  /**
   * A new snapshot. One whose epoch is not above the last one's changes nothing: after `failed`, the last one again says
   * that the source is back, and has nothing new.
   */
  changed(snapshot: TopologySnapshot): void;
  /** The source is away, or what it says cannot be used; the last good snapshot stays in force. */
  failed(error: Error): void;
}

/** Why the last snapshot is in doubt. */
export type TopologyDoubt =
  /** A server says that keys have moved. */
  | 'moved'
  /** A server is out of reach, or says that it is no primary any more. */
  | 'failed';

/** Tells which servers there are. Experimental. */
export interface TopologySource {
  /** Whoever it asks has replicas take over from primaries, so that nobody else is to. Left out: nobody does. */
  readonly promotes?: boolean | undefined;
  /** Resolves once the first snapshot was delivered; rejects if there is none to be had. */
  start(listener: TopologyListener): Promise<void>;
  /** Nothing is delivered after it resolves. May be called twice. */
  stop(): Promise<void>;
  /**
   * The snapshot is in doubt: it is to be read anew, soon. Called for every request that gives rise to it, perhaps
   * ten thousand times a second: how often the source asks is its own affair. Left out: it hears of all changes by
   * itself.
   */
  refresh?(doubt: TopologyDoubt): void;
  /**
   * Where the server is reached that other servers call `host:port`. The engine follows the redirects of servers only
   * where the source has this.
   */
  endpointOf?(host: string, port: number): Endpoint;
}
