import type { SlowLogConfig } from '../config/normalised.js';
import type { HttpServerOptions, Page } from '../http/http-server.js';
import { latencyDocument, slowLogDocument } from './documents.js';
import { metricsText } from './metrics-text.js';
import type { WorkerReport } from './report.js';

const TEXT = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * What was recorded.
 *
 *   GET /metrics   the text format of Prometheus
 *   GET /slowlog   SlowLogDocument, as JSON
 *   GET /latency   LatencyDocument, as JSON
 *
 * @param collect what all processes have recorded.
 */
export function telemetryPages(
  { threshold, length }: SlowLogConfig,
  collect: () => Promise<readonly WorkerReport[]>,
): HttpServerOptions['pages'] {
  return {
    '/metrics': async () => ({ status: 200, type: TEXT, body: metricsText(await collect()) }),
    '/slowlog': async () => json(slowLogDocument(await collect(), threshold, length)),
    '/latency': async () => json(latencyDocument(await collect())),
  };
}

function json(document: unknown): Page {
  return { status: 200, type: 'application/json', body: JSON.stringify(document) };
}
