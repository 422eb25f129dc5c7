import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maglev } from '../src/index.js';
import { type Chooser, maglevTable } from '../src/maglev-table.js';
import { maglevTableReference, mixReference } from './references.js';

describe('maglevTable', () => {
  const b0: Chooser = { offset: 3, skip: 4, weight: 1 };
  const b1: Chooser = { offset: 0, skip: 2, weight: 1 };
  const b2: Chooser = { offset: 3, skip: 1, weight: 1 };

  test('is the example of the paper (table 1), before and after the node B1 goes', () => {
    expect([...maglevTable([b0, b1, b2], 7)]).toEqual([1, 0, 1, 0, 2, 2, 0]);
    expect([...maglevTable([b0, b2], 7)]).toEqual([0, 0, 0, 0, 1, 1, 1]);
  });

  test('is what the paper says for any size, permutations and weights', () => {
    const tables = fc.constantFrom(2, 7, 251, 1_009).chain((size) =>
      fc.record({
        size: fc.constant(size),
        choosers: fc.array(
          fc.record({
            offset: fc.nat(size - 1),
            skip: fc.integer({ min: 1, max: size - 1 }),
            weight: fc.oneof(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 2 ** 31 - 1 })),
          }),
          { minLength: 1, maxLength: 20 },
        ),
      }),
    );
    const property = fc.property(tables, ({ size, choosers }) => {
      expect([...maglevTable(choosers, size)]).toEqual(maglevTableReference(choosers, size));
    });
    fc.assert(property, { numRuns: 300 });
  });
});

const numbered = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ name: `node${i}`, weight: 1 }));
const HASHES = Array.from({ length: 100_000 }, (_, i) => mixReference(i));

test.each([3, 10, 100])('of %i equal nodes, one that goes moves few hashes but its own', (count) => {
  const nodes = numbered(count);
  const before = maglev.build(nodes);
  for (const gone of [0, count >> 1, count - 1]) {
    const left = nodes.filter((_, i) => i !== gone);
    const after = maglev.build(left);
    const kept = HASHES.filter((hash) => before.locate(hash) !== gone);
    const moved = kept.filter((hash) => left[after.locate(hash)] !== nodes[before.locate(hash)]);
    expect(moved.length / HASHES.length).toBeLessThan(0.02);
  }
});

test('however light, every node has a hash', () => {
  const nodes = [...numbered(50), { name: 'heavy', weight: 1_000_000 }];
  const distribution = maglev.build(nodes);
  const reached = new Set<number>();
  for (let hash = 0; hash < 2_000_000; hash++) reached.add(distribution.locate(hash));
  expect(reached.size).toBe(nodes.length);
});
