import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rendezvous } from '../src/index.js';

const pools = fc
  .uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 20 })
  .chain((names) =>
    fc.tuple(
      ...names.map((name) => fc.record({ name: fc.constant(name), weight: fc.integer({ min: 1, max: 50 }) })),
    ),
  );

test('a node that comes, wherever in the order of names, moves hashes to itself alone', () => {
  const property = fc.property(pools, fc.nat(0xffffffff), (nodes, hash) => {
    const [added, ...others] = nodes;
    const before = others[rendezvous.build(others).locate(hash)];
    const after = nodes[rendezvous.build(nodes).locate(hash)];
    expect([before, added]).toContain(after);
  });
  fc.assert(property, { numRuns: 2_000 });
});

test('a node that becomes heavier loses no hash, and the others win none', () => {
  const property = fc.property(
    pools,
    fc.integer({ min: 1, max: 1_000 }),
    fc.nat(0xffffffff),
    (nodes, more, hash) => {
      const heavier = nodes.map(({ name, weight }, i) => ({
        name,
        weight: i === 0 ? weight + more : weight,
      }));
      const before = rendezvous.build(nodes).locate(hash);
      expect([before, 0]).toContain(rendezvous.build(heavier).locate(hash));
    },
  );
  fc.assert(property, { numRuns: 2_000 });
});
