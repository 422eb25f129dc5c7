import { describe, expect, it } from 'vitest';
import { casesNamed } from '../src/benchmark-case.js';
import type { Performance } from '../src/contest.js';
import { median } from '../src/median.js';
import { Report } from '../src/report.js';

const [get, mget] = casesNamed(['get-64b-p1', 'mget100']);

function performance(speed: number, cpus: readonly number[]): Performance {
  const measurements = cpus.map((cpuPerRequest) => ({ requestsPerSecond: speed, cpuPerRequest }));
  return { measurements, peakMemory: 50e6 };
}

describe('Report', () => {
  it('pairs CPU by round and judges by the target', () => {
    const report = new Report(true);
    // Round by round the ratios are 1, 1 and 5; of the medians it would be 2.
    const good = report.row(get!, [performance(30_000, [10, 20, 50]), performance(40_000, [10, 20, 10])]);
    expect(good.split(/ +/)).toEqual([
      'get-64b-p1',
      '30000',
      '40000',
      '0.75',
      '20.00',
      '10.00',
      '1.00',
      '✓',
      '1.15',
      '50.0',
      '50.0',
    ]);
    const bad = report.row(mget!, [performance(1_000, [8]), performance(1_000, [10])]);
    expect(bad).toContain('✗ 0.70');
    expect(report.summary()).toContain('met: 1, missed: 1');
  });

  it('has no targets against another peer, and says what it cannot tell', () => {
    const report = new Report(false);
    const row = report.row(get!, [performance(30_000, [Number.NaN]), performance(30_000, [Number.NaN])]);
    expect(row).not.toMatch(/[✓✗]|NaN/);
    expect(report.summary()).not.toContain('targets');
  });
});

describe('median', () => {
  it('is the middle, or the mean of the middle two', () => {
    expect(median([3])).toBe(3);
    expect(median([9, 1, 5])).toBe(5);
    expect(median([10, 1, 2, 3])).toBe(2.5);
  });
});
