import { describe, expect, it } from 'vitest';
import { casesNamed } from '../../src/cases.js';
import type { Performance } from '../../src/contest.js';
import { PROXY_CASES } from '../../src/proxy/proxy-case.js';
import { ProxyReport } from '../../src/proxy/proxy-report.js';
import { Targets } from '../../src/targets.js';

const [get, mget] = casesNamed(PROXY_CASES, ['get-64b-p1', 'mget100']);

function performance(speed: number, cpu: number): Performance {
  return { measurements: [{ speed, cpu }], peakMemory: 50e6 };
}

describe('ProxyReport', () => {
  it('judges CPU by the target', () => {
    const report = new ProxyReport(new Targets());
    const good = report.row(get!, [performance(30_000, 20), performance(40_000, 20)]);
    expect(good.replaceAll(/ +/g, ' ')).toBe('get-64b-p1 30000 40000 0.75 20.00 20.00 1.00 ✓ 1.15 50.0 50.0');
    expect(report.row(mget!, [performance(1_000, 8), performance(1_000, 10)])).toContain('✗ 0.70');
    expect(report.summary()).toContain('met: 1, missed: 1');
  });

  it('has no targets against another peer, and says what it cannot tell', () => {
    const report = new ProxyReport(null);
    const row = report.row(get!, [performance(30_000, Number.NaN), performance(30_000, Number.NaN)]);
    expect(row).not.toMatch(/[✓✗]|NaN/);
    expect(report.summary()).not.toContain('Targets');
  });
});
