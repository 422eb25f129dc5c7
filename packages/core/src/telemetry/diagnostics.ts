import { channel } from 'node:diagnostics_channel';
import type {
  Failure,
  ObservedNode,
  Operation,
  OperationObserver,
  Outcome,
  PoolObserver,
} from '@shardmux/plugin-api';

/*
 * What the engine tells on `node:diagnostics_channel`, for anybody in the process. One message per thing, when it
 * is over; times in ms, `startedAt` since 1970. No message has a key or a value in it.
 */

/** On `shardmux:command` and `shardmux:batch`. */
export interface OperationMessage extends Operation, Outcome {
  readonly pool: string;
  readonly startedAt: number;
  readonly duration: number;
}

/** On `shardmux:connect`: a connection was made (`error` and `failure` null), could not be, or ended. */
export interface ConnectMessage {
  readonly pool: string;
  readonly node: ObservedNode;
  readonly duration: number | null;
  readonly failure: Failure | null;
  readonly wasOpen: boolean;
  readonly error: Error | null;
}

/** On `shardmux:topology`. */
export interface TopologyMessage {
  readonly pool: string;
  readonly epoch: number;
  readonly nodes: readonly ObservedNode[];
}

/** On `shardmux:failover`: a node was ejected, to be probed after so many ms, or (`null`) is back. */
export interface FailoverMessage {
  readonly pool: string;
  readonly node: ObservedNode;
  readonly probeAfter: number | null;
}

const commands = channel('shardmux:command');
const batches = channel('shardmux:batch');
const connections = channel('shardmux:connect');
const topologies = channel('shardmux:topology');
const failovers = channel('shardmux:failover');

interface Mark extends Operation {
  readonly startedAt: number;
  readonly begun: number;
}

/** Whether anybody listens to single operations, just now. */
export function hasOperationSubscribers(): boolean {
  return commands.hasSubscribers || batches.hasSubscribers;
}

export function diagnosticsOf(pool: string): PoolObserver {
  return {
    operations: operationsOf(pool),
    connected(node, duration) {
      publishConnect({ pool, node, duration, failure: null, wasOpen: true, error: null });
    },
    disconnected(node, failure, wasOpen, error) {
      publishConnect({ pool, node, duration: null, failure, wasOpen, error });
    },
    topologyChanged(epoch, nodes) {
      const message: TopologyMessage = { pool, epoch, nodes };
      topologies.publish(message);
    },
    failover(node, probeAfter) {
      const message: FailoverMessage = { pool, node, probeAfter };
      failovers.publish(message);
    },
  };
}

function operationsOf(pool: string): OperationObserver<Mark | null> {
  return {
    started({ kind, name, size }) {
      if (!hasOperationSubscribers()) return null;
      return { kind, name, size, startedAt: Date.now(), begun: performance.now() };
    },
    ended(mark, outcome) {
      if (mark === null) return;
      const { begun, ...operation } = mark;
      const duration = performance.now() - begun;
      const message: OperationMessage = { pool, ...operation, ...outcome, duration };
      (mark.kind === 'batch' ? batches : commands).publish(message);
    },
  };
}

function publishConnect(message: ConnectMessage): void {
  connections.publish(message);
}
