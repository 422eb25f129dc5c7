import type { Histogram, Meter, Tracer } from '@opentelemetry/api';
import type { ObservedPool, PoolObserver, Telemetry } from '@shardmux/plugin-api';
import type { Api } from './api.js';
import { Connections } from './connections.js';
import { operationDuration } from './conventions.js';
import { Operations } from './operations.js';

export interface Instruments {
  readonly api: Api;
  /** `null`: no metrics. */
  readonly meter: Meter | null;
  /** `null`: no spans. */
  readonly tracer: Tracer | null;
  /** Where `db.client.operation.duration` goes, in place of a histogram of the meter's. */
  readonly durations?: Pick<Histogram, 'record'>;
  /** Whether the next operation is traced, where none contains it; all are unless told. */
  readonly isSampled?: () => boolean;
}

/** Tells OpenTelemetry what pools do. Neither a key nor a value comes this far, so that none can leave. */
export class OpenTelemetry implements Telemetry {
  readonly #instruments: Instruments;
  readonly #connections: Connections[] = [];

  constructor(instruments: Instruments) {
    this.#instruments = instruments;
  }

  observe(pool: ObservedPool): PoolObserver {
    const { meter } = this.#instruments;
    const connections = meter === null ? null : new Connections(meter, pool);
    if (connections !== null) this.#connections.push(connections);
    const operations = this.#operationsOf(pool);
    return {
      operations,
      connected: (node, duration) => connections?.connected(node, duration),
      disconnected: (node, failure, wasOpen) => connections?.disconnected(node, failure, wasOpen),
      topologyChanged() {
        connections?.topologyChanged();
        operations?.topologyChanged();
      },
      failover: (node, probeAfter) => connections?.failover(node, probeAfter),
    };
  }

  /** What was recorded is the provider's, and sent by who made that. */
  async stop(): Promise<void> {
    for (const connections of this.#connections.splice(0)) connections.stop();
  }

  #operationsOf(pool: ObservedPool): Operations | null {
    const { api, meter, tracer, isSampled = () => true } = this.#instruments;
    const durations =
      this.#instruments.durations ??
      meter?.createHistogram(operationDuration.name, operationDuration) ??
      null;
    if (durations === null && tracer === null) return null;
    return new Operations(api, pool, { durations, tracer, isSampled });
  }
}
