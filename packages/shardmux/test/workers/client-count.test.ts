import { expect, test } from 'vitest';
import { ClientCount } from '../../src/workers/client-count.js';

const claims = [
  { scope: 'pool', name: '' },
  { scope: 'address', name: '10.0.0.1' },
] as const;

test('limits hold over all workers; who leaves makes room, and so does a worker that dies', () => {
  const count = new ClientCount({ pool: 4, address: 2 });
  expect([1, 2, 2].map((worker) => count.admit(worker, claims))).toEqual([null, null, 'address']);
  count.release(1, claims);
  expect([2, 1].map((worker) => count.admit(worker, claims))).toEqual([null, 'address']);
  // Both were the second worker's.
  count.forget(2);
  count.forget(2);
  expect([1, 1, 1].map((worker) => count.admit(worker, claims))).toEqual([null, null, 'address']);
});
