import { type RedisServer, startRedis } from '@shardmux/testing';
import { createClient } from 'shardmux';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assignSlots } from '../support/assign-slots.js';

/** Where each of three servers' slots begin and end, as redis-cli --cluster create lays them out. */
const RANGES = [
  [0, 5460],
  [5461, 10922],
  [10923, 16383],
] as const;

let servers: RedisServer[];

/** Servers that refuse keys of other servers' slots, and commands whose keys lie in several slots. */
beforeAll(async () => {
  const args = ['--cluster-require-full-coverage', 'no'];
  servers = await Promise.all(RANGES.map(() => startRedis({ cluster: true, args })));
  await Promise.all(servers.map((server, i) => assignSlots(server, RANGES[i])));
});
afterAll(() => Promise.all(servers.map((server) => server.stop())));

function open(splitBy: 'node' | 'slot') {
  const list = servers.map(({ host, port }, i) => `${host}:${port}:1 s${i}`);
  return createClient({
    pools: { alpha: { hash: 'redis-cluster', distribution: { use: 'slots', splitBy }, servers: list } },
  });
}

const keys = Array.from({ length: 500 }, (_, i) => `key${i}`);

test('a split command has a fragment per slot, where servers look at slots', async () => {
  await using client = open('slot');
  expect(await client.mset(...keys.flatMap((key, i) => [key, i]))).toBe('OK');
  expect(await client.mget(...keys, 'none', keys[0])).toEqual(
    [...keys.keys()].map(String).concat([null as never, '0']),
  );
  expect(await client.exists(...keys)).toBe(500);
  expect(await client.mget('{tag}a', '{tag}b')).toEqual([null, null]);
  expect(await client.del(...keys)).toBe(500);
});

test('grouped by node, such servers refuse it', async () => {
  await using client = open('node');
  await expect(client.mset(...keys.flatMap((key, i) => [key, i]))).rejects.toThrow('CROSSSLOT');
});
