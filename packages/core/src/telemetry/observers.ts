import type {
  Failure,
  ObservedNode,
  Operation,
  OperationObserver,
  Outcome,
  PoolObserver,
} from '@shardmux/plugin-api';
import type { Logger } from '../logger.js';

/**
 * All who watch a pool, as one. What they throw stays here: an observer that fails is heard of once in the log,
 * and told no more.
 */
export class Observers implements PoolObserver {
  readonly operations: OperationObserver | null;
  readonly #logger: Logger;
  #observers: readonly PoolObserver[];

  constructor(observers: readonly PoolObserver[], logger: Logger) {
    this.#observers = observers;
    this.#logger = logger;
    const operations = observers.flatMap((each) => (each.operations === null ? [] : [each.operations]));
    this.operations = operations.length === 0 ? null : new Operations(operations, logger);
  }

  connected(node: ObservedNode, duration: number): void {
    this.#tell((observer) => observer.connected(node, duration));
  }

  disconnected(node: ObservedNode, failure: Failure, wasOpen: boolean, error: Error | null): void {
    this.#tell((observer) => observer.disconnected(node, failure, wasOpen, error));
  }

  topologyChanged(epoch: number, nodes: readonly ObservedNode[]): void {
    this.#tell((observer) => observer.topologyChanged(epoch, nodes));
  }

  failover(node: ObservedNode, probeAfter: number | null): void {
    this.#tell((observer) => observer.failover(node, probeAfter));
  }

  #tell(tell: (observer: PoolObserver) => void): void {
    for (const observer of this.#observers) {
      try {
        tell(observer);
      } catch (error) {
        this.#observers = this.#observers.filter((each) => each !== observer);
        logFault(this.#logger, error);
      }
    }
  }
}

/** What one of several observers knows an operation by; one that failed knows none. */
type Marks = unknown[];

class Operations implements OperationObserver<Marks> {
  readonly #observers: (OperationObserver | null)[];
  readonly #logger: Logger;

  constructor(observers: readonly OperationObserver[], logger: Logger) {
    this.#observers = [...observers];
    this.#logger = logger;
  }

  started(operation: Operation, within: Marks | null): Marks {
    // With its length it takes no more memory than it needs.
    const marks: Marks = new Array(this.#observers.length);
    for (let i = 0; i < this.#observers.length; i++) {
      try {
        marks[i] = this.#observers[i]?.started(operation, within === null ? null : within[i]);
      } catch (error) {
        this.#mute(i, error);
      }
    }
    return marks;
  }

  ended(marks: Marks, outcome: Outcome): void {
    for (let i = 0; i < this.#observers.length; i++) {
      try {
        this.#observers[i]?.ended(marks[i], outcome);
      } catch (error) {
        this.#mute(i, error);
      }
    }
  }

  #mute(index: number, error: unknown): void {
    this.#observers[index] = null;
    logFault(this.#logger, error);
  }
}

function logFault(logger: Logger, error: unknown): void {
  logger.error(`a telemetry plugin failed and is told no more: ${String(error)}`);
}
