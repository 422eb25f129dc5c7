import { connectRaw, type RawClient, type RedisServer, startRedis } from '@shardmux/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { redisCluster } from '../src/index.js';
import { awkwardKeys, bracedKeys } from './awkward-keys.js';

const SLOTS = 16_384;

let server: RedisServer;
let client: RawClient;

beforeAll(async () => {
  server = await startRedis({ cluster: true });
  client = await connectRaw(server.endpoint);
});

afterAll(async () => {
  await client?.close();
  await server?.stop();
});

const slotsOf = (keys: readonly Uint8Array[]) =>
  client.pipeline(keys.map((key) => ['CLUSTER', 'KEYSLOT', key]));

const ours = (key: Uint8Array) => redisCluster(key, 0, key.length) % SLOTS;

// The examples in the documentation of CLUSTER KEYSLOT.
test.each([
  ['somekey', 11058],
  ['foo{hash_tag}', 2515],
  ['bar{hash_tag}', 2515],
])('the slot of %s is %i', (key, slot) => {
  expect(ours(Buffer.from(key))).toBe(slot);
});

test.each(awkwardKeys)('a real Redis has %j in the same slot', async (key) => {
  const bytes = Buffer.from(key);
  expect(await slotsOf([bytes])).toEqual([ours(bytes)]);
});

test('a real Redis has keys with braces anywhere in the same slots', async () => {
  const keys = fc.sample(bracedKeys, { seed: 3, numRuns: 5_000 });
  expect(keys.map(ours)).toEqual(await slotsOf(keys));
});

test('a real Redis has keys of any bytes in the same slots', async () => {
  const keys = fc.sample(fc.uint8Array({ maxLength: 300, size: 'max' }), { seed: 3, numRuns: 5_000 });
  expect(keys.map(ours)).toEqual(await slotsOf(keys));
});

test('the hash is the whole CRC, of which the slot is a part', () => {
  /** Division of the key, as one long number, by x^16 + x^12 + x^5 + 1. */
  const remainder = (key: Uint8Array): number => {
    let rest = BigInt(`0x0${Buffer.from(key).toString('hex')}`) << 16n;
    for (let bit = 8n * BigInt(key.length) + 15n; bit >= 16n; bit--) {
      if ((rest >> bit) & 1n) rest ^= 0x11021n << (bit - 16n);
    }
    return Number(rest);
  };
  const keys = fc.uint8Array({ maxLength: 40 }).filter((key) => !key.includes('{'.charCodeAt(0)));
  const property = fc.property(keys, (key) => {
    expect(redisCluster(key, 0, key.length)).toBe(remainder(key));
  });
  fc.assert(property);
});
