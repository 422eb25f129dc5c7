import type {
  ObservedNode,
  ObservedPool,
  Operation,
  OperationObserver,
  Outcome,
  PoolObserver,
} from '@shardmux/plugin-api';
import { LatencyHistogram } from './latency-histogram.js';
import type { SlowLog } from './slow-log.js';

/** One server of one pool, and how long it takes to answer. */
export interface ServerLatency {
  readonly pool: string;
  readonly node: ObservedNode;
  readonly latency: LatencyHistogram;
}

/**
 * Notes for all pools of a process how long each server takes to answer, and which commands took long.
 *
 *   started ──► mark ──► ended ──► the server's histogram: of a command, or of a fragment of one
 *                              └─► the slow log: of a command as a whole
 */
export class Recorder {
  readonly #slowLog: SlowLog | null;
  readonly #pools: PoolRecorder[] = [];

  /** @param slowLog `null`: slow commands are not kept. */
  constructor(slowLog: SlowLog | null) {
    this.#slowLog = slowLog;
  }

  /** All that have answered yet. */
  get servers(): ServerLatency[] {
    return this.#pools.flatMap(({ servers }) => [...servers.values()]);
  }

  observe({ name }: ObservedPool): PoolObserver {
    const operations = new PoolRecorder(name, this.#slowLog);
    this.#pools.push(operations);
    const ignore = () => {};
    return {
      operations,
      connected: ignore,
      disconnected: ignore,
      topologyChanged: ignore,
      failover: ignore,
    };
  }
}

class Mark {
  readonly operation: Operation;
  readonly within: Mark | null;
  readonly begun = performance.now();
  /** Of a command in fragments: who answered last. */
  lastServer: ObservedNode | null = null;

  constructor(operation: Operation, within: Mark | null) {
    this.operation = operation;
    this.within = within;
  }
}

class PoolRecorder implements OperationObserver<Mark> {
  /** By name, which a server keeps when it moves. */
  readonly servers = new Map<string, ServerLatency>();
  readonly #pool: string;
  readonly #slowLog: SlowLog | null;

  constructor(pool: string, slowLog: SlowLog | null) {
    this.#pool = pool;
    this.#slowLog = slowLog;
  }

  started(operation: Operation, within: Mark | null): Mark {
    return new Mark(operation, within);
  }

  ended(mark: Mark, outcome: Outcome): void {
    const { kind } = mark.operation;
    if (kind === 'batch') return;
    const duration = performance.now() - mark.begun;
    const { node, failure } = outcome;
    // A server that was never reached has no latency; one that was silent has at least this.
    if (node !== null && (failure === null || failure === 'timeout')) this.#latencyOf(node).record(duration);
    if (kind === 'command') this.#judge(mark, outcome, duration);
    else if (mark.within !== null) mark.within.lastServer = node;
  }

  #latencyOf(node: ObservedNode): LatencyHistogram {
    let server = this.servers.get(node.name);
    if (server === undefined) {
      server = { pool: this.#pool, node, latency: new LatencyHistogram() };
      this.servers.set(node.name, server);
    }
    return server.latency;
  }

  #judge({ operation, lastServer }: Mark, { node, failure, errorCode }: Outcome, duration: number): void {
    if (this.#slowLog === null || duration < this.#slowLog.threshold) return;
    this.#slowLog.add({
      time: Date.now() - duration,
      duration,
      command: operation.name,
      keys: operation.size,
      pool: this.#pool,
      server: (node ?? lastServer)?.name ?? null,
      outcome: errorCode ?? failure ?? 'ok',
    });
  }
}
