import { LatencyHistogram } from './latency-histogram.js';
import type { WorkerReport } from './report.js';
import type { SlowCommand } from './slow-log.js';

/** What `/slowlog` serves. */
export interface SlowLogDocument {
  /** In ms: what took less is not here. */
  readonly threshold: number;
  /** The latest first. */
  readonly commands: readonly SlowCommand[];
}

/** What `/latency` serves. */
export interface LatencyDocument {
  readonly servers: readonly LatencyRow[];
}

/** How long one server of one pool takes to answer, in ms, since the proxy started. */
export interface LatencyRow {
  readonly pool: string;
  readonly server: string;
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** @param length how many there may be over all processes. */
export function slowLogDocument(
  reports: readonly WorkerReport[],
  threshold: number,
  length: number,
): SlowLogDocument {
  const commands = reports.flatMap(({ report }) => report.slow).sort((a, b) => b.time - a.time);
  return { threshold, commands: commands.slice(0, length) };
}

export function latencyDocument(reports: readonly WorkerReport[]): LatencyDocument {
  const merged = new Map<string, { pool: string; server: string; latency: LatencyHistogram }>();
  for (const { pool, server, latency } of reports.flatMap(({ report }) => report.servers)) {
    const key = JSON.stringify([pool, server]);
    const known = merged.get(key) ?? { pool, server, latency: new LatencyHistogram() };
    known.latency.add(latency);
    merged.set(key, known);
  }
  const servers = [...merged.values()].map(({ pool, server, latency }) => ({
    pool,
    server,
    count: latency.count,
    mean: latency.sum / latency.count,
    p50: latency.quantile(0.5),
    p90: latency.quantile(0.9),
    p99: latency.quantile(0.99),
    p999: latency.quantile(0.999),
    max: latency.max,
  }));
  return { servers };
}
