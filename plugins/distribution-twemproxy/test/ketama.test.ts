import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ketama } from '../src/index.js';

const equalServers = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ name: `server${i + 1}`, weight: 1 }));

test.each([3853726576, 2667054752])('%i, as Twemproxy publishes it, is a point of "server1"', (point) => {
  const ring = ketama.build(equalServers(1));
  expect(ring.partition(point + 1)).toBe(ring.partition(point) + 1);
});

test('a hash past the last point belongs to the first', () => {
  const ring = ketama.build(equalServers(5));
  expect(ring.partition(0xffffffff)).toBe(0);
  expect(ring.locate(0xffffffff)).toBe(ring.locate(0));
});

describe('points per server', () => {
  test.each([1, 2, 5, 24, 26])('%i equal servers have 160 each', (count) => {
    expect(ketama.build(equalServers(count)).partitions).toBe(160 * count);
  });

  test.each([25, 47, 50, 55, 61, 71, 94, 100])('%i equal servers have 156 each', (count) => {
    expect(ketama.build(equalServers(count)).partitions).toBe(156 * count);
  });

  test('of weights 1 and 200, all 316 belong to the heavy one', () => {
    const ring = ketama.build([
      { name: 'light', weight: 1 },
      { name: 'heavy', weight: 200 },
    ]);
    expect(ring.partitions).toBe(316);
    fc.assert(fc.property(fc.nat(0xffffffff), (hash) => ring.locate(hash) === 1));
  });
});

test('of 20 equal servers, one that goes moves no hash of the others', () => {
  const servers = equalServers(20);
  const before = ketama.build(servers);
  fc.assert(
    fc.property(fc.nat(19), fc.nat(0xffffffff), (gone, hash) => {
      fc.pre(before.locate(hash) !== gone);
      const left = servers.filter((_, i) => i !== gone);
      expect(left[ketama.build(left).locate(hash)]).toBe(servers[before.locate(hash)]);
    }),
  );
});
