import type { MetricData } from '@opentelemetry/sdk-metrics';
import type { WorkerReport } from './report.js';
import { loadPrometheus, loadResources } from './sdk.js';

/**
 * All processes' metrics in the text format of Prometheus. Where there are workers, each line says whose it is:
 * then no counter ever falls but by a restart, which Prometheus knows how to read, and a worker that lags shows.
 */
export function metricsText(reports: readonly WorkerReport[]): string {
  const { PrometheusSerializer } = loadPrometheus();
  const serializer = new PrometheusSerializer('', false, undefined, true, true);
  const metrics = [...mergeByName(reports).values()];
  const resource = loadResources().emptyResource();
  return serializer.serialize({ resource, scopeMetrics: [{ scope: { name: '' }, metrics }] });
}

/** The format wants all lines of one metric together. */
function mergeByName(reports: readonly WorkerReport[]): Map<string, MetricData> {
  const merged = new Map<string, MetricData>();
  for (const { worker, report } of reports) {
    for (const metric of report.metrics) {
      const { name } = metric.descriptor;
      const points = [...(merged.get(name)?.dataPoints ?? []), ...labelled(metric, worker)];
      merged.set(name, { ...metric, dataPoints: points } as MetricData);
    }
  }
  return merged;
}

function labelled({ dataPoints }: MetricData, worker: number | null): MetricData['dataPoints'] {
  if (worker === null) return dataPoints;
  return dataPoints.map((point) => ({
    ...point,
    attributes: { ...point.attributes, worker: String(worker) },
  })) as MetricData['dataPoints'];
}
