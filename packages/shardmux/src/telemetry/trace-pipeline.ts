import type { Tracer } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { Logger } from '@shardmux/core';
import { SCOPE } from '@shardmux/plugin-telemetry-opentelemetry';
import type { OtlpConfig } from '../config/normalised.js';
import { EXPORT_TIMEOUT } from './metrics-pipeline.js';
import { loadOtlpTraces, loadTraceSdk } from './sdk.js';
import { tellFailures } from './told-exporter.js';

/** Spans, gathered and sent in batches. */
export class TracePipeline {
  readonly tracer: Tracer;
  readonly #stop: () => Promise<void>;

  constructor({ endpoint, headers }: OtlpConfig, resource: Resource, logger: Logger) {
    const { AlwaysOnSampler, BasicTracerProvider, BatchSpanProcessor } = loadTraceSdk();
    const { OTLPTraceExporter } = loadOtlpTraces();
    const exporter = new OTLPTraceExporter({
      url: `${endpoint}/v1/traces`,
      headers: { ...headers },
      timeoutMillis: EXPORT_TIMEOUT,
    });
    tellFailures(exporter, 'traces', logger);
    const provider = new BasicTracerProvider({
      resource,
      // What is not sampled does not come this far.
      sampler: new AlwaysOnSampler(),
      spanProcessors: [new BatchSpanProcessor(exporter, { exportTimeoutMillis: EXPORT_TIMEOUT })],
    });
    this.tracer = provider.getTracer(SCOPE);
    this.#stop = () => provider.shutdown();
  }

  /** Sends what there is. */
  stop(): Promise<void> {
    return this.#stop();
  }
}
