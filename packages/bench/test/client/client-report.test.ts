import { describe, expect, it } from 'vitest';
import { casesNamed } from '../../src/cases.js';
import { CLIENT_CASES } from '../../src/client/client-case.js';
import type { Contestant } from '../../src/client/client-contest.js';
import { ClientReport } from '../../src/client/client-report.js';
import type { Performance } from '../../src/contest.js';
import { Targets } from '../../src/targets.js';

const [alone, fifty] = casesNamed(CLIENT_CASES, ['calls-1', 'calls-50']);
const contestants = (['shardmux', 'ioredis', 'node-redis'] as const).map(
  (kind): Contestant => ({ name: kind, kind, checkout: '' }),
);

function performance(speed: number, cpu: number): Performance {
  return { measurements: [{ speed, cpu }], peakMemory: 50e6 };
}

describe('ClientReport', () => {
  it('compares ours with each, and judges by the hardest to beat', () => {
    const report = new ClientReport(contestants, new Targets());
    const performances = [performance(260_000, 2), performance(50_000, 10), performance(100_000, 4)];
    expect(report.rows(fifty!, performances).replaceAll(/ +/g, ' ').split('\n')).toEqual([
      'calls-50 shardmux 260000 2.00 50.0',
      ' ioredis 50000 5.20 10.00 0.20 50.0',
      ' node-redis 100000 2.60 4.00 0.50 50.0',
      // CPU is to be better than ioredis' alone.
      ' calls/s to the best: 2.60 ✓ 2.50, CPU to the better ioredis: 0.20 ✓ 0.35',
      '',
    ]);
  });

  it('misses what is short of its target, and asks for no CPU of one call at a time', () => {
    const report = new ClientReport(contestants, new Targets());
    const rows = report.rows(alone!, [performance(90, 9), performance(100, 1), performance(80, 1)]);
    expect(rows).toContain('calls/s to the best: 0.90 ✗ 0.95');
    expect(rows).not.toContain('better ioredis');
    expect(report.summary()).toContain('met: 0, missed: 1');
  });

  it('has no targets against an older build', () => {
    const report = new ClientReport(contestants.slice(0, 2), null);
    const rows = report.rows(fifty!, [performance(2, Number.NaN), performance(1, Number.NaN)]);
    expect(rows).not.toMatch(/[✓✗]|NaN|best/);
    expect(report.summary()).not.toContain('Targets');
  });
});
