import type { Failure } from './codec/codec.js';
import type { Endpoint } from './endpoint.js';

/**
 * Watches what the engine does. Experimental.
 *
 * All calls are synchronous and on the hot path where they concern operations. Keys and values are never passed,
 * so that none can leak. One that throws is heard no more, and what it was told about goes on.
 */
export interface Telemetry {
  /** Called once per pool, before it starts. */
  observe(pool: ObservedPool): PoolObserver;
  /** Sends on what it still has. The last call; may be called twice. */
  stop(): Promise<void>;
}

export interface ObservedPool {
  readonly name: string;
  readonly database: number;
  /** How things stand, server by server. Made anew with each call: not for the hot path. */
  gauges(): readonly NodeGauges[];
}

export interface ObservedNode {
  readonly name: string;
  readonly endpoint: Endpoint;
}

export interface NodeGauges {
  readonly node: ObservedNode;
  /** Open connections. */
  readonly connections: number;
  /** Requests that wait to be written, and those that wait for their reply. */
  readonly unsent: number;
  readonly unanswered: number;
}

export interface PoolObserver {
  /** `null`: single operations are of no interest, and cost nothing. */
  readonly operations: OperationObserver | null;
  /** A connection is ready for requests, `duration` ms after it was begun. */
  connected(node: ObservedNode, duration: number): void;
  /** A connection could not be made (`wasOpen` false), or ended. */
  disconnected(node: ObservedNode, failure: Failure, wasOpen: boolean, error: Error | null): void;
  topologyChanged(epoch: number, nodes: readonly ObservedNode[]): void;
  /** The node was taken out of service, to be probed after so many ms, or (`null`) is back. */
  failover(node: ObservedNode, probeAfter: number | null): void;
}

export interface Operation {
  /** A fragment is the part of a split command that one server gets; a batch is what an application sends as one. */
  readonly kind: 'command' | 'fragment' | 'batch';
  /** The command's name in lower case; `pipeline` or `multi` for a batch. */
  readonly name: string;
  /** How many commands a batch has, how many keys a command or a fragment; 0 where nobody looked for keys. */
  readonly size: number;
}

export interface Outcome {
  /** The server that was asked; `null` where several were, or none. */
  readonly node: ObservedNode | null;
  /** Why no server answered; `null` where one did. */
  readonly failure: Failure | null;
  /** What the server's error begins with (`WRONGTYPE`); `null` where it was no error. */
  readonly errorCode: string | null;
}

/** @typeParam Mark what the observer wants to know an operation by: the engine keeps it and gives it back. */
export interface OperationObserver<Mark = unknown> {
  /** @param within the mark of the batch or the split command that it is part of, or `null`. */
  started(operation: Operation, within: Mark | null): Mark;
  /** Called once per operation that started, unless its client went away first. */
  ended(mark: Mark, outcome: Outcome): void;
}
