import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@shardmux/core';
import type { ObservedPool, PoolObserver } from '@shardmux/plugin-api';
import { loadApi, OpenTelemetry } from '@shardmux/plugin-telemetry-opentelemetry';
import type { TelemetryConfig } from '../config/normalised.js';
import { MetricsPipeline } from './metrics-pipeline.js';
import { Recorder } from './recorder.js';
import type { TelemetryReport } from './report.js';
import { processResource } from './resource.js';
import { SlowLog } from './slow-log.js';
import { TracePipeline } from './trace-pipeline.js';

/** How long it may take to send on what is left, in ms. */
const STOP_LIMIT = 3_000;

/**
 * What one process of a proxy records of its pools, as the configuration asks.
 *
 *   pools ──┬──► Recorder ───────► latencies, slow commands ──┬──► report()
 *           └──► OpenTelemetry ──┬──► metrics ────────────────┤
 *                                └──► spans ──────────────────┴──► OTLP
 */
export class ProcessTelemetry {
  readonly #logger: Logger;
  readonly #slowLog: SlowLog | null;
  readonly #recorder: Recorder;
  readonly #metrics: MetricsPipeline;
  readonly #traces: TracePipeline | null;
  readonly #openTelemetry: OpenTelemetry;

  private constructor({ listen, slowlog, otlp }: TelemetryConfig, logger: Logger) {
    const resource = processResource();
    const sample = otlp?.sample ?? 0;
    this.#logger = logger;
    this.#slowLog = listen === null ? null : new SlowLog(slowlog.threshold, slowlog.length);
    this.#recorder = new Recorder(this.#slowLog);
    this.#metrics = new MetricsPipeline({
      resource,
      recorder: this.#recorder,
      isCollected: listen !== null,
      otlp,
      logger,
    });
    this.#traces = otlp === null || sample === 0 ? null : new TracePipeline(otlp, resource, logger);
    this.#openTelemetry = new OpenTelemetry({
      api: loadApi(),
      meter: this.#metrics.meter,
      tracer: this.#traces?.tracer ?? null,
      durations: this.#metrics.durations,
      isSampled: () => Math.random() < sample,
    });
  }

  /** `null` where the configuration asks for none: then nothing is loaded and nothing is recorded. */
  static open(config: TelemetryConfig, logger: Logger): ProcessTelemetry | null {
    return config.listen === null && config.otlp === null ? null : new ProcessTelemetry(config, logger);
  }

  /** To be told of every pool before it starts. */
  get observers(): readonly ((pool: ObservedPool) => PoolObserver)[] {
    return [(pool) => this.#recorder.observe(pool), (pool) => this.#openTelemetry.observe(pool)];
  }

  async report(): Promise<TelemetryReport> {
    const servers = this.#recorder.servers.map(({ pool, node, latency }) => ({
      pool,
      server: node.name,
      latency: latency.figures(),
    }));
    return { metrics: await this.#metrics.collect(), servers, slow: this.#slowLog?.commands ?? [] };
  }

  /** Sends on what is left. Never rejects: there is nothing that its caller could do. */
  async stop(): Promise<void> {
    await this.#openTelemetry.stop();
    const sent = Promise.all([this.#metrics.stop(), this.#traces?.stop()]).then(() => null);
    const late = delay(STOP_LIMIT, `the last of it was not taken within ${STOP_LIMIT} ms`, { ref: false });
    const fault = await Promise.race([sent, late]).catch((error: Error) => error.message);
    if (fault !== null) this.#logger.warn(`telemetry: ${fault}`);
  }
}
