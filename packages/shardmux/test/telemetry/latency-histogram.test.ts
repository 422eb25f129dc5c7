import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LatencyHistogram } from '../../src/telemetry/latency-histogram.js';

/** In ms, from 10 µs to 100 s. */
const latency = fc.double({ min: 0.01, max: 99_999, noNaN: true });
const latencies = fc.array(latency, { minLength: 1, maxLength: 200 });

function histogramOf(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

test('a quantile is what that share did not exceed, or at most a tenth more', () => {
  fc.assert(
    fc.property(latencies, fc.double({ min: 0.001, max: 1, noNaN: true }), (values, share) => {
      const sorted = values.toSorted((a, b) => a - b);
      const exact = sorted[Math.ceil(share * sorted.length) - 1];
      const quantile = histogramOf(values).quantile(share);
      expect(quantile).toBeGreaterThanOrEqual(exact);
      expect(quantile).toBeLessThanOrEqual(exact * 1.1 + 1e-9);
    }),
  );
});

test('boundaries of two digits divide exactly', () => {
  const boundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 500, 1_000, 5_000, 10_000];
  fc.assert(
    fc.property(fc.array(fc.oneof(latency, fc.constantFrom(...boundaries))), (values) => {
      const counts = [Number.NEGATIVE_INFINITY, ...boundaries].map((from, i) => {
        const to = boundaries[i] ?? Number.POSITIVE_INFINITY;
        return values.filter((value) => value >= from && value < to).length;
      });
      expect(histogramOf(values).countsBetween(boundaries)).toEqual(counts);
    }),
  );
});

test('the figures of two histograms add up to that of all values', () => {
  fc.assert(
    fc.property(latencies, latencies, (left, right) => {
      const sum = new LatencyHistogram();
      for (const part of [left, right]) sum.add(histogramOf(part).figures());
      const whole = histogramOf([...left, ...right]);
      expect(sum.figures().buckets).toEqual(whole.figures().buckets);
      expect([sum.count, sum.max]).toEqual([whole.count, whole.max]);
      expect(sum.sum).toBeCloseTo(whole.sum, 5);
    }),
  );
});

test('figures survive JSON', () => {
  const { buckets, ...others } = histogramOf([0, 0.5, 3_600_000]).figures();
  expect(JSON.parse(JSON.stringify({ buckets, ...others }))).toEqual({ buckets, ...others });
});

test('what is shorter or longer than the scale counts at its ends', () => {
  const histogram = histogramOf([0, 0.001, 1e9]);
  expect(histogram.countsBetween([0.01, 10_000])).toEqual([2, 0, 1]);
  expect(histogram.quantile(0.5)).toBe(0.01);
  expect(histogram.quantile(1)).toBe(1e9);
  expect(new LatencyHistogram().quantile(0.99)).toBe(0);
});
