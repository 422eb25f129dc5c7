import { createHash } from 'node:crypto';
import type { DistributionNode } from '@shardmux/plugin-api';
import { plugins as hashPlugins } from '@shardmux/plugin-hash-twemproxy';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plugins as distributionPlugins, ketama, modula } from '../src/index.js';
import { Fleet, type Pool } from './fleet.js';
import { keyWithCrc32 } from './key-with-crc32.js';
import { sampleKeys } from './samples.js';

type Servers = Pool['servers'];

const equal = (count: number): Servers => Array.from({ length: count }, () => ({ weight: 1 }));

// "éa" is as long as "abc" in bytes, and comes after it.
const mixed: Servers = [
  { weight: 3 },
  { weight: 1, alias: 'abc' },
  { weight: 10, alias: 'éa' },
  { weight: 2 },
  { weight: 5, alias: 'z' },
];

const sizes: readonly Servers[] = [equal(1), [{ weight: 1 }, { weight: 3 }], mixed, equal(25)];

const pairs = sizes.flatMap((servers) =>
  hashPlugins.flatMap((hash) =>
    distributionPlugins.map((distribution) => {
      const pool: Pool = { hash: hash.name, distribution: distribution.name, hashTag: '{}', servers };
      const title = `${hash.name}, ${distribution.name}, servers: ${servers.length}`;
      return { title, hash, distribution, pool };
    }),
  ),
);

/** With `crc32a`, keys can be made for any hash. */
const exact = (distribution: string, title: string, servers: Servers) => ({
  title,
  pool: { hash: 'crc32a', distribution, servers } satisfies Pool,
});

const rings = [
  exact('ketama', 'mixed weights and aliases', mixed),
  exact('ketama', '25 equal servers', equal(25)),
  exact(
    'ketama',
    '25 mixed servers',
    Array.from({ length: 25 }, (_, i) => ({ weight: 1 + (i % 7), alias: `node-${i * i}` })),
  ),
  exact('ketama', 'weights 1 and 200', [{ weight: 1 }, { weight: 200 }]),
  exact('ketama', 'weights that no float can hold', [
    { weight: 16_777_217 },
    { weight: 50_331_653 },
    { weight: 33_554_435 },
  ]),
  // 1556359475 is a point of the first two, 2999819156 of the last two.
  exact('ketama', 'servers that share a point', [
    { weight: 1, alias: 'cache501' },
    { weight: 1, alias: 'cache25' },
    { weight: 1, alias: 'cache296' },
    { weight: 1, alias: 'cache558' },
  ]),
  exact('ketama', 'names as long as Twemproxy can take', [
    { weight: 1, alias: 'a'.repeat(269) },
    { weight: 1, alias: 'b'.repeat(269) },
  ]),
];

const remainders = [
  exact('modula', 'mixed weights and aliases', mixed),
  exact('modula', '25 equal servers', equal(25)),
];

let fleet: Fleet;

beforeAll(async () => {
  fleet = await Fleet.start([...pairs, ...rings, ...remainders].map(({ pool }) => pool));
});

afterAll(() => fleet?.stop());

describe('each key is on the server where nutcracker puts it', () => {
  const samples = sampleKeys();
  const keys = samples.map(({ key }) => key);

  async function place({ hash, distribution, pool }: (typeof pairs)[number]) {
    const digest = hash.create(undefined);
    const built = distribution.create(undefined).build(fleet.nodes(pool));
    const ours = samples.map(({ hashed }) => built.locate(digest(hashed, 0, hashed.length)));
    return { ours, theirs: await fleet.place(pool, keys) };
  }

  test.each(pairs.filter(({ pool }) => pool.distribution !== 'random'))('$title', async (pair) => {
    const { ours, theirs } = await place(pair);
    expect(ours).toEqual(theirs);
  });

  test.each(pairs.filter(({ pool }) => pool.distribution === 'random'))('$title', async (pair) => {
    const { ours, theirs } = await place(pair);
    expect(new Set(ours)).toEqual(new Set(theirs));
  });
});

describe('each point of a ketama ring is the one of nutcracker', () => {
  test.each(rings)('$title', async ({ pool }) => {
    const nodes = fleet.nodes(pool);
    const hashes = edgesOf(nodes);
    const ring = ketama.build(nodes);
    const ours = hashes.map((hash) => ring.locate(hash));
    expect(ours).toEqual(await fleet.place(pool, hashes.map(keyWithCrc32)));
  });
});

/** Every point that a server might have, with more of them than its share, and the hash after each. */
function edgesOf(nodes: readonly DistributionNode[]): number[] {
  const total = nodes.reduce((sum, { weight }) => sum + weight, 0);
  const edges = new Set([0, 0xffffffff]);
  for (const { name, weight } of nodes) {
    for (let i = 0; i <= (40 * nodes.length * weight) / total + 1; i++) {
      const digest = createHash('md5').update(`${name}-${i}`).digest();
      for (let at = 0; at < digest.length; at += 4) {
        const point = digest.readUInt32LE(at);
        edges.add(point).add((point + 1) >>> 0);
      }
    }
  }
  return [...edges];
}

describe('each remainder of modula belongs to the server of nutcracker', () => {
  test.each(remainders)('$title', async ({ pool }) => {
    const distribution = modula.build(fleet.nodes(pool));
    const hashes = Array.from({ length: 2 * distribution.partitions }, (_, i) => i);
    hashes.push(0x7fffffff, 0x80000000, 0xffffffff);
    const ours = hashes.map((hash) => distribution.locate(hash));
    expect(ours).toEqual(await fleet.place(pool, hashes.map(keyWithCrc32)));
  });
});
