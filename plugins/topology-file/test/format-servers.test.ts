import type { Endpoint, NodeDescription } from '@shardmux/plugin-api';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatServers, readServers } from '../src/index.js';

const text = fc.string({ minLength: 1, unit: 'binary' });

const endpoint: fc.Arbitrary<Endpoint> = fc.oneof(
  fc.record({ kind: fc.constant('tcp'), host: text, port: fc.integer({ min: 1, max: 65535 }) }),
  fc.record({ kind: fc.constant('unix'), path: text }),
);

/** Slots as a distribution has them, and beyond. */
const slots = fc
  .tuple(fc.nat(99_999), fc.nat(99_999))
  .map(([one, other]) => ({ first: Math.min(one, other), last: Math.max(one, other) }));

const replica = fc.record({ name: text, endpoint, zone: text }, { requiredKeys: ['name', 'endpoint'] });

const node: fc.Arbitrary<NodeDescription> = fc.record(
  {
    name: text,
    endpoint,
    weight: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    slots: fc.array(slots),
    zone: text,
    replicas: fc.array(replica),
  },
  { requiredKeys: ['name', 'endpoint', 'weight'] },
);

const namesOf = (nodes: readonly NodeDescription[]) =>
  nodes.flatMap(({ name, replicas = [] }) => [name, ...replicas.map((each) => each.name)]);

test('what is written is read again, whatever it is', () => {
  const nodes = fc
    .array(node, { minLength: 1, maxLength: 4 })
    .filter((each) => new Set(namesOf(each)).size === namesOf(each).length);
  fc.assert(
    fc.property(nodes, (each) => {
      expect(readServers(formatServers(each))).toEqual(each);
    }),
  );
});
