import type { DistributionNode } from './distribution-strategy.js';
import type { Endpoint } from './endpoint.js';

/** One server of a pool. Experimental: roles, zones and peers' endpoints join it with replicas. */
export interface NodeDescription extends DistributionNode {
  /** Unique in its snapshot and stable over time: what a distribution places and statistics are kept under. */
  readonly name: string;
  readonly endpoint: Endpoint;
}

export interface TopologySnapshot {
  /** Grows with every change. */
  readonly epoch: number;
  /** At least one. */
  readonly nodes: readonly NodeDescription[];
}

export interface TopologyListener {
  /** A new snapshot. One whose epoch is not above the last one's is ignored. */
  changed(snapshot: TopologySnapshot): void;
  /** The source is away; the last good snapshot stays in force. */
  failed(error: Error): void;
}

/** Tells which servers there are. Experimental. */
export interface TopologySource {
  /** Resolves once the first snapshot was delivered; rejects if there is none to be had. */
  start(listener: TopologyListener): Promise<void>;
  /** Nothing is delivered after it resolves. May be called twice. */
  stop(): Promise<void>;
}
