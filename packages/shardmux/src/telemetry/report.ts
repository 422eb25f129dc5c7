import type { MetricData } from '@opentelemetry/sdk-metrics';
import type { LatencyFigures } from './latency-histogram.js';
import type { SlowCommand } from './slow-log.js';

/** What one process has recorded, as plain data: it may cross a pipe. */
export interface TelemetryReport {
  readonly metrics: readonly MetricData[];
  readonly servers: readonly ServerFigures[];
  /** The latest first. */
  readonly slow: readonly SlowCommand[];
}

/** How long one server of one pool takes to answer. */
interface ServerFigures {
  readonly pool: string;
  readonly server: string;
  readonly latency: LatencyFigures;
}

/** The report of one of several workers, or (`worker` null) of the one process there is. */
export interface WorkerReport {
  readonly worker: number | null;
  readonly report: TelemetryReport;
}
