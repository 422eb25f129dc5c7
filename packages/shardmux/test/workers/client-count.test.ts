import type { Claim, Scope } from '@shardmux/proxy';
import { expect, test } from 'vitest';
import { ClientCount } from '../../src/workers/client-count.js';

test.each<[Scope, Claim]>([
  ['address', { scope: 'address', name: '10.0.0.1' }],
  ['user', { scope: 'user', name: 'ada' }],
])(
  'limits per %s hold over all workers; who leaves makes room, and so does a worker that dies',
  (full, claim) => {
    const claims: Claim[] = [{ scope: 'pool', name: '' }, claim];
    const count = new ClientCount({ pool: 4, address: 2, user: 2 });
    expect([1, 2, 2].map((worker) => count.admit(worker, claims))).toEqual([null, null, full]);
    count.release(1, claims);
    expect([2, 1].map((worker) => count.admit(worker, claims))).toEqual([null, full]);
    // Both were the second worker's.
    count.forget(2);
    count.forget(2);
    expect([1, 1, 1].map((worker) => count.admit(worker, claims))).toEqual([null, null, full]);
  },
);
