import {
  API_VERSION,
  type Distribution,
  type DistributionStrategy,
  definePlugin,
} from '@shardmux/plugin-api';
import { expect, test } from 'vitest';
import { Culprit } from '../../src/assemble/culprit.js';
import { GuardedDistribution } from '../../src/assemble/guarded-distribution.js';

const good: Distribution = { splitBy: 'node', partitions: 2, partition: (h) => h % 2, locate: (h) => h % 2 };
const nodes = [
  { name: 'one', weight: 1 },
  { name: 'two', weight: 1 },
];

function guard(strategy: DistributionStrategy): GuardedDistribution {
  const create = () => strategy;
  const plugin = definePlugin({ kind: 'distribution', name: 'mine', apiVersion: API_VERSION, create });
  return new GuardedDistribution(strategy, new Culprit('alpha', plugin, { use: 'mine', options: {} }));
}

test('a good distribution is passed on as it is: nothing stands between it and a request', () => {
  expect(guard({ build: () => good }).build(nodes)).toBe(good);
});

test.each<[string, Partial<Record<keyof Distribution, unknown>>]>([
  ['must split by "node" or "slot", not shard', { splitBy: 'shard' }],
  ['must have one partition or more, not 0', { partitions: 0 }],
  ['must locate hash 0 at one of 2 nodes, not at 2', { locate: () => 2 }],
  [
    'must locate hash 4294967295 at one of 2 nodes, not at -1',
    { locate: (h: number) => (h < 2 ** 32 - 1 ? 1 : -1) },
  ],
  ['must locate hash 0 at one of 2 nodes, not at undefined', { locate: () => undefined }],
  ['must locate hash 0 at one of 2 nodes, not at one', { locate: () => 'one' }],
  ['must put hash 0 into one of 2 partitions, not into 0.5', { partition: () => 0.5 }],
])('%s', (message, changes) => {
  const build = () => ({ ...good, ...changes }) as Distribution;
  expect(() => guard({ build }).build(nodes)).toThrow(
    expect.objectContaining({
      code: 'SHARDMUX_PLUGIN_BROKEN',
      message: `pool "alpha": distribution plugin "mine" ${message}`,
    }),
  );
});

test('what it throws is the cause, wherever it throws', () => {
  const cause = new Error('too few points');
  const fail = () => {
    throw cause;
  };
  for (const build of [fail, () => ({ ...good, locate: fail })]) {
    expect(() => guard({ build }).build(nodes)).toThrow(
      expect.objectContaining({
        code: 'SHARDMUX_PLUGIN_FAILED',
        message: 'pool "alpha": distribution plugin "mine" cannot be built for 2 nodes: too few points',
        cause,
      }),
    );
  }
});
