import type { Meter } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type {
  MetricData,
  MetricProducer,
  MetricReader,
  MetricReaderOptions,
} from '@opentelemetry/sdk-metrics';
import type { Logger } from '@shardmux/core';
import {
  Attribute,
  type DurationDefinition,
  operationDuration,
  SCOPE,
  serverAttributes,
} from '@shardmux/plugin-telemetry-opentelemetry';
import type { OtlpConfig } from '../config/normalised.js';
import { durationMetric } from './duration-metric.js';
import { OperationDurations } from './operation-durations.js';
import type { Recorder } from './recorder.js';
import { loadMetricsSdk, loadOtlpMetrics, loadResources } from './sdk.js';
import { tellFailures } from './told-exporter.js';

/** How long one delivery may take, in ms. */
export const EXPORT_TIMEOUT = 5_000;

/** Finer than what the conventions name for operations: most answers take less than a millisecond. */
const serverDuration: DurationDefinition = {
  name: 'shardmux.server.duration',
  description:
    'Duration of requests to a server: of commands, and of the fragments of those that were split.',
  unit: 's',
  advice: {
    explicitBucketBoundaries: [
      ...[0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025],
      ...[0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    ],
  },
};

export interface MetricsPipelineOptions {
  readonly resource: Resource;
  readonly recorder: Recorder;
  /** Whether `collect` is called. */
  readonly isCollected: boolean;
  /** Where metrics are sent; `null` for nowhere. */
  readonly otlp: OtlpConfig | null;
  readonly logger: Logger;
}

/**
 * From what is recorded to those who want it.
 *
 *   plugin ──► gauges and counters of the SDK ──┬──► collect()
 *   plugin ──► OperationDurations ──────────────┤
 *   recorder ──► servers' latencies ────────────┴──► OTLP, every `interval`
 */
export class MetricsPipeline {
  readonly meter: Meter;
  readonly durations = new OperationDurations();
  readonly #recorder: Recorder;
  readonly #startedAt = Date.now();
  readonly #collected: MetricReader | null;
  readonly #stop: () => Promise<void>;

  constructor({ resource, recorder, isCollected, otlp, logger }: MetricsPipelineOptions) {
    const { MeterProvider } = loadMetricsSdk();
    this.#recorder = recorder;
    const metricProducers = [this.#producer()];
    this.#collected = isCollected ? createReader({ metricProducers }) : null;
    const sent = otlp === null ? null : createSender(otlp, metricProducers, logger);
    const readers = [this.#collected, sent].filter((reader) => reader !== null);
    const provider = new MeterProvider({ resource, readers });
    this.meter = provider.getMeter(SCOPE);
    this.#stop = () => provider.shutdown();
  }

  async collect(): Promise<MetricData[]> {
    const collected = await this.#collected?.collect();
    return collected?.resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics) ?? [];
  }

  /** Sends what there is, once more. */
  stop(): Promise<void> {
    return this.#stop();
  }

  #producer(): MetricProducer {
    const resource = loadResources().emptyResource();
    return {
      collect: async () => {
        const metrics = this.#durationMetrics();
        return {
          resourceMetrics: { resource, scopeMetrics: [{ scope: { name: SCOPE }, metrics }] },
          errors: [],
        };
      },
    };
  }

  #durationMetrics(): MetricData[] {
    const servers = this.#recorder.servers.map(({ pool, node, latency }) => ({
      attributes: { [Attribute.pool]: pool, ...serverAttributes(node) },
      latency,
    }));
    return [
      durationMetric(operationDuration, this.durations.series, this.#startedAt),
      durationMetric(serverDuration, servers, this.#startedAt),
    ];
  }
}

/** One that nothing comes out of but by `collect`. */
function createReader(options: MetricReaderOptions): MetricReader {
  const { MetricReader } = loadMetricsSdk();
  class Reader extends MetricReader {
    protected async onForceFlush(): Promise<void> {}
    protected async onShutdown(): Promise<void> {}
  }
  return new Reader(options);
}

function createSender(
  { endpoint, headers, interval }: OtlpConfig,
  metricProducers: MetricProducer[],
  logger: Logger,
): MetricReader {
  const { PeriodicExportingMetricReader } = loadMetricsSdk();
  const { OTLPMetricExporter } = loadOtlpMetrics();
  const timeout = Math.min(EXPORT_TIMEOUT, interval);
  const exporter = new OTLPMetricExporter({
    url: `${endpoint}/v1/metrics`,
    headers: { ...headers },
    timeoutMillis: timeout,
  });
  tellFailures(exporter, 'metrics', logger);
  return new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: interval,
    exportTimeoutMillis: timeout,
    metricProducers,
  });
}
