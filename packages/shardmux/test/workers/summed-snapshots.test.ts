import { POOL_FIELDS, type PoolSnapshot, SERVER_FIELDS, ServerField } from '@shardmux/core';
import { expect, test } from 'vitest';
import { sumSnapshots } from '../../src/workers/summed-snapshots.js';

/** Each server with so many requests, and when it was ejected. */
function snapshot(servers: Record<string, readonly [requests: number, ejectedAt: number]>): PoolSnapshot[] {
  const values = POOL_FIELDS.map(() => 1);
  const rows = Object.entries(servers).map(([name, [requests, ejectedAt]]) => {
    const row = SERVER_FIELDS.map(() => 0);
    row[ServerField.requests] = requests;
    row[ServerField.serverEjectedAt] = ejectedAt;
    return { name, values: row };
  });
  return [{ name: 'alpha', values, servers: rows }];
}

test('servers are summed by name, and those are there that the first worker has', () => {
  const sum = sumSnapshots([
    snapshot({ b: [1, 5], a: [2, 0] }),
    snapshot({ a: [10, 7], gone: [50, 0], b: [20, 3] }),
    snapshot({ a: [100, 1] }),
  ]);
  expect(sum).toEqual([{ ...snapshot({ b: [21, 5], a: [112, 7] })[0], values: POOL_FIELDS.map(() => 3) }]);
  expect(sumSnapshots([])).toEqual([]);
});

test('one worker whose topology is out of reach speaks for all', () => {
  const [well] = snapshot({ a: [1, 0] });
  const [sum] = sumSnapshots([[well], [{ ...well, topologyFault: 'away' }]]);
  expect(sum.topologyFault).toBe('away');
});
