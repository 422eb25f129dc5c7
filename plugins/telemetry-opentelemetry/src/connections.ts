import type {
  Attributes,
  BatchObservableCallback,
  BatchObservableResult,
  Counter,
  Histogram,
  Meter,
  Observable,
} from '@opentelemetry/api';
import {
  type Failure,
  formatEndpoint,
  type NodeGauges,
  type ObservedNode,
  type ObservedPool,
} from '@shardmux/plugin-api';
import { serverAttributes } from './attributes.js';
import {
  Attribute,
  connectionCount,
  connectionCreateTime,
  connectionTimeouts,
  type MetricDefinition,
  pendingRequests,
  requestsInFlight,
  serverAvailable,
} from './conventions.js';

/**
 * A pool's connections and servers as metrics. What stands now is read when somebody collects; what happens is
 * counted when it does.
 */
export class Connections {
  readonly #meter: Meter;
  readonly #pool: ObservedPool;
  readonly #createTime: Histogram;
  readonly #timeouts: Counter;
  readonly #count: Observable;
  readonly #pending: Observable;
  readonly #inFlight: Observable;
  readonly #available: Observable;
  readonly #ejected = new Set<string>();
  /** By address: all that were ever told of. */
  readonly #seen = new Map<string, ObservedNode>();
  readonly #observe: BatchObservableCallback = (result) => this.#observeAll(result);
  #isStopped = false;

  constructor(meter: Meter, pool: ObservedPool) {
    this.#meter = meter;
    this.#pool = pool;
    const upDown = (metric: MetricDefinition) => meter.createObservableUpDownCounter(metric.name, metric);
    this.#createTime = meter.createHistogram(connectionCreateTime.name, connectionCreateTime);
    this.#timeouts = meter.createCounter(connectionTimeouts.name, connectionTimeouts);
    this.#count = upDown(connectionCount);
    this.#pending = upDown(pendingRequests);
    this.#inFlight = upDown(requestsInFlight);
    this.#available = meter.createObservableGauge(serverAvailable.name, serverAvailable);
    meter.addBatchObservableCallback(this.#observe, this.#observables);
  }

  get #observables(): Observable[] {
    return [this.#count, this.#pending, this.#inFlight, this.#available];
  }

  connected(node: ObservedNode, duration: number): void {
    this.#createTime.record(duration / 1_000, this.#attributes(node));
  }

  disconnected(node: ObservedNode, failure: Failure, wasOpen: boolean): void {
    if (failure === 'timeout' && !wasOpen) this.#timeouts.add(1, this.#attributes(node));
  }

  failover(node: ObservedNode, probeAfter: number | null): void {
    if (probeAfter === null) this.#ejected.delete(node.name);
    else this.#ejected.add(node.name);
  }

  /** New servers start in service. */
  topologyChanged(): void {
    this.#ejected.clear();
  }

  /** The next who collects still learns how things ended: an SDK repeats the last that it heard for ever. */
  stop(): void {
    this.#isStopped = true;
  }

  #observeAll(result: BatchObservableResult): void {
    const gone = new Map(this.#seen);
    for (const gauges of this.#pool.gauges()) {
      const { node } = gauges;
      const address = formatEndpoint(node.endpoint);
      gone.delete(address);
      this.#seen.set(address, node);
      this.#observeServer(result, gauges);
      result.observe(this.#available, this.#ejected.has(node.name) ? 0 : 1, this.#attributes(node));
    }
    for (const node of gone.values()) {
      this.#observeServer(result, { node, connections: 0, unsent: 0, unanswered: 0 });
    }
    if (this.#isStopped) this.#meter.removeBatchObservableCallback(this.#observe, this.#observables);
  }

  #observeServer(result: BatchObservableResult, gauges: NodeGauges): void {
    const attributes = this.#attributes(gauges.node);
    // Requests share connections: none is ever set aside, so each that is open is in use.
    const used = { ...attributes, [Attribute.connectionState]: 'used' };
    result.observe(this.#count, gauges.connections, used);
    result.observe(this.#pending, gauges.unsent, attributes);
    result.observe(this.#inFlight, gauges.unanswered, attributes);
  }

  #attributes(node: ObservedNode): Attributes {
    return { [Attribute.pool]: this.#pool.name, ...serverAttributes(node) };
  }
}
