import type { ReadableServer } from '@shardmux/plugin-api';
import { describe, expect, test } from 'vitest';
import { nearest, plugins, primary, readYourWrites, replica, replicaPreferred } from '../src/index.js';

const server = (name: string, facts: Partial<ReadableServer> = {}): ReadableServer => ({
  name,
  isPrimary: false,
  isNear: false,
  latency: 1,
  ...facts,
});

const first = server('first', { isPrimary: true });
const names = (servers: readonly ReadableServer[]) => servers.map(({ name }) => name);

test('are called as configurations name them', () => {
  expect(plugins.map(({ name }) => name)).toEqual([
    'primary',
    'replica',
    'replica-preferred',
    'nearest',
    'read-your-writes',
  ]);
});

describe('with two replicas', () => {
  const servers = [first, server('one'), server('two')];

  test.each([
    ['primary', primary, ['first']],
    ['replica', replica, ['one', 'two']],
    ['replica-preferred', replicaPreferred, ['one', 'two']],
    ['read-your-writes', readYourWrites, ['one', 'two']],
  ])('%s chooses', (_, policy, chosen) => {
    expect(names(policy.choose(servers))).toEqual(chosen);
  });
});

test.each([
  ['primary', primary, ['first']],
  ['replica', replica, []],
  ['replica-preferred', replicaPreferred, ['first']],
  ['read-your-writes', readYourWrites, ['first']],
  ['nearest', nearest, ['first']],
])('without replicas %s chooses', (_, policy, chosen) => {
  expect(names(policy.choose([first]))).toEqual(chosen);
});

test('the nearest are those of the zone, however far', () => {
  const servers = [first, server('far', { isNear: true, latency: 100 }), server('other', { latency: 0.1 })];
  expect(names(nearest.choose(servers))).toEqual(['far']);
});

test('of several in the zone, or of none, the nearest have the least latency, or as good as that', () => {
  const latencies = { a: 10, b: 14, c: 16, d: 100 };
  const near = Object.entries(latencies).map(([name, latency]) => server(name, { isNear: true, latency }));
  expect(names(nearest.choose([first, ...near]))).toEqual(['a', 'b']);
  const elsewhere = Object.entries(latencies).map(([name, latency]) => server(name, { latency }));
  expect(names(nearest.choose([server('first', { isPrimary: true, latency: 9 }), ...elsewhere]))).toEqual([
    'first',
    'a',
  ]);
});

test('a primary that does not answer is never the nearest, but where it is the last', () => {
  const silent = server('first', { isPrimary: true, isNear: true, latency: Number.POSITIVE_INFINITY });
  expect(names(nearest.choose([silent, server('one')]))).toEqual(['one']);
  expect(names(nearest.choose([silent]))).toEqual(['first']);
});
