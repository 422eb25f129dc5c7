import { crc32 } from 'node:zlib';
import type { Distribution, DistributionNode, SlotRange } from '@shardmux/plugin-api';
import { codis } from '@shardmux/plugin-hash-slots';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Slots } from '../src/index.js';

const build = (nodes: readonly DistributionNode[], slots = 16_384) =>
  new Slots({ slots, splitBy: 'node' }).build(nodes);

const node = (name: string, ...ranges: [number, number][]): DistributionNode => ({
  name,
  weight: 1,
  slots: ranges.map(([first, last]): SlotRange => ({ first, last })),
});

/** The name of each slot's owner. */
function ownersOf(distribution: Distribution, nodes: readonly DistributionNode[]): string[] {
  return Array.from({ length: distribution.partitions }, (_, slot) => nodes[distribution.locate(slot)].name);
}

test('with 1,024 slots, the hash codis has the slots of Codis', () => {
  const table = build([node('a')], 1_024);
  const property = fc.property(fc.uint8Array({ maxLength: 50 }), (id) => {
    const key = Buffer.concat([
      Buffer.from('user:{'),
      id.filter((byte) => byte !== 0x7d),
      Buffer.from('}:cart'),
    ]);
    const tag = key.subarray(6, -6);
    expect(table.partition(codis(key, 0, key.length))).toBe(crc32(tag) % 1_024);
  });
  fc.assert(property);
});

test('the slot is the remainder, for every uint32 and any number of slots', () => {
  const property = fc.property(fc.nat(0xffffffff), fc.integer({ min: 1, max: 65_536 }), (hash, slots) => {
    expect(build([node('a')], slots).partition(hash)).toBe(Number(BigInt(hash) % BigInt(slots)));
  });
  fc.assert(property);
});

describe('where no node names slots', () => {
  const nodes = (weights: readonly number[]) =>
    weights.map((weight, i) => ({ name: `shard${i + 1}`, weight }));

  test('each node has a run of slots as long as its weight, in the order of names', () => {
    const given = nodes([1, 2, 5]).toReversed();
    expect(ownersOf(build(given, 16), given)).toEqual([
      ...Array(2).fill('shard1'),
      ...Array(4).fill('shard2'),
      ...Array(10).fill('shard3'),
    ]);
  });

  test('shard10 comes after shard9', () => {
    const given = nodes(Array(12).fill(1));
    expect(ownersOf(build(given, 12), given)).toEqual(given.map(({ name }) => name));
  });

  test('shares are exact to one slot', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 60 });
    const property = fc.property(weights, fc.constantFrom(1_024, 16_384, 10_007), (given, slots) => {
      const total = given.reduce((sum, weight) => sum + weight, 0);
      const counts = given.map(() => 0);
      const table = build(nodes(given), slots);
      for (let slot = 0; slot < slots; slot++) counts[table.locate(slot)]++;
      given.forEach((weight, i) => {
        expect(Math.abs(counts[i] - (slots * weight) / total)).toBeLessThan(1.02);
      });
    });
    fc.assert(property);
  });

  test('there may be more nodes than slots', () => {
    const given = nodes(Array(5).fill(1));
    expect(new Set(ownersOf(build(given, 2), given)).size).toBe(2);
  });
});

describe('where nodes name slots', () => {
  const three = [node('a', [0, 3], [10, 11]), node('b', [4, 9]), node('c', [12, 15])];

  test('each slot is where it is said to be, whatever the weights', () => {
    const heavy = three.map((given, i) => ({ ...given, weight: 10 ** i }));
    expect(ownersOf(build(heavy, 16), heavy).join('')).toBe('aaaabbbbbbaacccc');
  });

  test('a node that names none has none', () => {
    const nodes = [...three, node('d'), { name: 'e', weight: 100 }];
    expect(ownersOf(build(nodes, 16), nodes).join('')).toBe('aaaabbbbbbaacccc');
  });

  test('slots that nobody names are shared out by weight, and nothing else moves', () => {
    const left = [
      { ...three[2], weight: 1 },
      { ...three[0], weight: 2 },
    ];
    expect(ownersOf(build(left, 16), left).join('')).toBe('aaaaaaaaccaacccc');
  });

  test('a node may name a slot twice', () => {
    const nodes = [node('a', [0, 5], [4, 7]), node('b', [8, 9])];
    expect(ownersOf(build(nodes, 10), nodes).join('')).toBe('aaaaaaaabb');
  });

  test.each([
    [
      'a slot of two nodes',
      [node('a', [0, 5]), node('b', [5, 9])],
      'slot 5 belongs to two nodes: "a" and "b"',
    ],
    ['a slot too many', [node('a', [0, 10])], 'node "a" names slots 0 to 10; there are the slots 0 to 9'],
    ['a negative slot', [node('a', [-1, 4])], 'node "a" names slots -1 to 4'],
    ['a range that runs backwards', [node('a', [4, 3])], 'node "a" names slots 4 to 3'],
    ['a part of a slot', [node('a', [0, 4.5])], 'node "a" names slots 0 to 4.5'],
  ])('%s is an error that names slot and node', (_, nodes, message) => {
    const error = { code: 'SHARDMUX_SLOTS_INVALID', message: expect.stringContaining(message) };
    expect(() => build(nodes, 10)).toThrow(expect.objectContaining(error));
  });
});
