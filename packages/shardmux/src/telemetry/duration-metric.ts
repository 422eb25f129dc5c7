import type { Attributes, HrTime } from '@opentelemetry/api';
import type { HistogramMetricData } from '@opentelemetry/sdk-metrics';
import { type DurationDefinition, loadApi } from '@shardmux/plugin-telemetry-opentelemetry';
import type { LatencyHistogram } from './latency-histogram.js';
import { loadMetricsSdk } from './sdk.js';

/** One line of a metric: what it is about, and how long that took. */
export interface DurationSeries {
  readonly attributes: Attributes;
  readonly latency: LatencyHistogram;
}

/** Our histograms as a metric of the SDK's, as it stands now. @param since ms since 1970: when recording began. */
export function durationMetric(
  definition: DurationDefinition,
  series: readonly DurationSeries[],
  since: number,
): HistogramMetricData {
  const { AggregationTemporality, DataPointType } = loadMetricsSdk();
  const boundaries = definition.advice.explicitBucketBoundaries;
  const limits = boundaries.map((seconds) => seconds * 1_000);
  const [startTime, endTime] = [since, Date.now()].map(hrTime);
  return {
    descriptor: { ...definition, valueType: loadApi().ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPointType: DataPointType.HISTOGRAM,
    dataPoints: series.map(({ attributes, latency }) => ({
      startTime,
      endTime,
      attributes,
      value: {
        count: latency.count,
        sum: latency.sum / 1_000,
        max: latency.max / 1_000,
        buckets: { boundaries, counts: latency.countsBetween(limits) },
      },
    })),
  };
}

function hrTime(ms: number): HrTime {
  return [Math.floor(ms / 1_000), Math.floor((ms % 1_000) * 1e6)];
}
