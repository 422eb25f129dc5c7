import { createHash } from 'node:crypto';
import {
  connectRaw,
  freePort,
  type Nutcracker,
  type RawClient,
  RedisServer,
  startNutcracker,
  startRedis,
} from '@shardmux/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Shardmux } from '../support/shardmux.js';
import { serverLine, type TwemproxyPool, twemproxyFile } from '../support/twemproxy-file.js';

/**
 * The real nutcracker and shardmux read the same file (but for the ports they listen on) before the same servers.
 * Whatever one writes, the other must find on the same server.
 *
 *   keys ──SET──► nutcracker ──► servers ◄── GET ── shardmux      and the other way round
 */
const HASHES = [
  'one_at_a_time',
  'md5',
  'crc16',
  'crc32',
  'crc32a',
  'fnv1_64',
  'fnv1a_64',
  'fnv1_32',
  'fnv1a_32',
  'hsieh',
  'murmur',
  'jenkins',
];
const DISTRIBUTIONS = ['ketama', 'modula', 'random'];
const KEYS = 10_000;

interface Shape {
  readonly title: string;
  readonly weights: readonly number[];
  readonly aliased: boolean;
  readonly hashTag: string | null;
}

const SHAPES: readonly Shape[] = [
  { title: '1 server', weights: [1], aliased: false, hashTag: null },
  { title: '2 servers of mixed weight, tags', weights: [1, 3], aliased: false, hashTag: '{}' },
  { title: '5 servers of mixed weight, aliases', weights: [3, 1, 10, 2, 5], aliased: true, hashTag: '$$' },
  {
    title: '25 servers, one of them on port 11211',
    weights: Array(25).fill(1),
    aliased: false,
    hashTag: '{}',
  },
];

const CASES = SHAPES.flatMap((shape) =>
  HASHES.flatMap((hash) => DISTRIBUTIONS.map((distribution) => ({ shape, hash, distribution }))),
);

/** Keys of every kind: plain, tagged in both ways, binary, with bytes above 0x7f, long. */
function sampleKeys(seed: string, count: number): Buffer[] {
  return Array.from({ length: count }, (_, i) => {
    const digest = createHash('sha256').update(`${seed}:${i}`).digest();
    switch (i % 5) {
      case 0:
        return Buffer.from(`key:${i}`);
      case 1:
        return Buffer.from(`{user${i % 97}}:${i}`);
      case 2:
        return Buffer.from(`$session${i % 89}$:${i}`);
      case 3:
        return Buffer.concat([digest.subarray(0, 1 + (i % 20)), Buffer.from(`:${i}`)]);
      default:
        return Buffer.from(`${'long'.repeat(i % 60)}:é:${i}`);
    }
  });
}

const servers: RedisServer[] = [];
const direct: RawClient[] = [];
let nutcracker: Nutcracker;
let shardmux: Shardmux;

async function poolsOnFreePorts(): Promise<TwemproxyPool[]> {
  const pools: TwemproxyPool[] = [];
  for (const [i, { shape, hash, distribution }] of CASES.entries()) {
    pools.push({
      name: `pool${i}`,
      port: await freePort(),
      settings: { hash, distribution, ...(shape.hashTag === null ? {} : { hash_tag: `"${shape.hashTag}"` }) },
      servers: shape.weights.map((weight, s) =>
        serverLine(servers[s], weight, shape.aliased ? `alias-${'x'.repeat(s)}` : ''),
      ),
    });
  }
  return pools;
}

beforeAll(async () => {
  servers.push(...(await Promise.all(Array.from({ length: 24 }, () => startRedis()))));
  // On Memcached's port the name in the ring is the host alone. An address of its own keeps it out of others' way.
  const last = new RedisServer('127.0.0.112', 11211, {});
  servers.push(last);
  await last.restart();
  direct.push(...(await Promise.all(servers.map((server) => connectRaw(server.endpoint)))));
  nutcracker = await startNutcracker(twemproxyFile(await poolsOnFreePorts()));
  shardmux = await Shardmux.start(twemproxyFile(await poolsOnFreePorts()));
}, 120_000);

afterAll(async () => {
  await shardmux?.stop();
  await nutcracker?.stop();
  await Promise.all(servers.map((server) => server.stop()));
});

async function inBatches(client: RawClient, commands: (string | Buffer)[][]): Promise<unknown[]> {
  const replies: unknown[] = [];
  for (let i = 0; i < commands.length; i += 1_000) {
    replies.push(...(await client.pipeline(commands.slice(i, i + 1_000))));
  }
  return replies;
}

/** How many keys each server holds; all are dropped. */
async function countAndFlush(count: number): Promise<number[]> {
  const held: number[] = [];
  for (const client of direct.slice(0, count)) {
    const [size] = await client.pipeline([['DBSIZE'], ['FLUSHALL']]);
    held.push(Number(size));
  }
  return held;
}

describe.each(SHAPES)('$title', (shape) => {
  const cases = CASES.map((each, index) => ({ ...each, index })).filter((each) => each.shape === shape);

  test.each(cases.filter((each) => each.distribution !== 'random'))(
    '$hash, $distribution',
    async ({ index }) => {
      const keys = sampleKeys(String(index), KEYS / 2);
      const more = sampleKeys(`more${index}`, KEYS / 2);
      const theirs = await connectRaw(nutcracker.endpoints[index]);
      const ours = await connectRaw(shardmux.endpoints[index]);
      const values = (all: Buffer[]) => all.map((_, i) => Buffer.from(`value${i}`));
      const set = (all: Buffer[]) => all.map((key, i) => ['SET', key, `value${i}`]);
      const get = (all: Buffer[]) => all.map((key) => ['GET', key]);

      await inBatches(theirs, set(keys));
      expect(await inBatches(ours, get(keys))).toEqual(values(keys));
      await inBatches(ours, set(more));
      expect(await inBatches(theirs, get(more))).toEqual(values(more));

      // Nothing is there twice: both wrote to the same servers.
      await inBatches(ours, set(keys));
      await inBatches(theirs, set(more));
      const distinct = new Set([...keys, ...more].map((key) => key.toString('latin1'))).size;
      const held = await countAndFlush(shape.weights.length);
      expect(held.reduce((sum, each) => sum + each, 0)).toBe(distinct);
      await Promise.all([theirs.close(), ours.close()]);
    },
  );

  test.each(cases.filter((each) => each.distribution === 'random'))(
    '$hash, random: every server is used',
    async ({ index }) => {
      const ours = await connectRaw(shardmux.endpoints[index]);
      await inBatches(
        ours,
        sampleKeys('random', 1_000).map((key) => ['SET', key, '1']),
      );
      const held = await countAndFlush(shape.weights.length);
      expect(held.filter((each) => each === 0)).toEqual([]);
      await ours.close();
    },
  );
});
