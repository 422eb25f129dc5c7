import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ClientShards } from '../support/client.js';

let shards: ClientShards;
let redis: ReturnType<ClientShards['client']>;

beforeAll(async () => {
  shards = await ClientShards.start(3);
  redis = shards.client();
});

afterEach(() => shards.askAll('FLUSHALL'));

afterAll(() => shards.stop());

const NAMES = Array.from({ length: 2_000 }, (_, i) => `key${i}`).toSorted();

async function fill(): Promise<void> {
  await redis.mset(NAMES.flatMap((name) => [name, '1']));
  await redis.hset('hash', { field: 'value' });
}

/** All that a stream's arrays hold. */
async function found(stream: AsyncIterable<unknown[]>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const page of stream) all.push(...page);
  return all;
}

test('scanStream finds each key of every server exactly once', async () => {
  await fill();
  expect((await found(redis.scanStream({ count: 100 }))).toSorted()).toEqual(['hash', ...NAMES].toSorted());
  expect((await found(redis.scanStream({ match: 'key*', count: 7 }))).toSorted()).toEqual(NAMES);
  expect(await found(redis.scanStream({ type: 'hash' }))).toEqual(['hash']);
  expect(await found(redis.scanStream({ match: 'none*' }))).toEqual([]);
});

test('scanBufferStream gives keys as bytes', async () => {
  const key = Buffer.from([0xff, 0x00, 0x0d, 0x0a]);
  await redis.set(key, '1');
  expect(await found(redis.scanBufferStream())).toEqual([key]);
});

test('as events, paused and resumed, the way that ioredis shows it', async () => {
  await fill();
  const all: unknown[] = [];
  const stream = redis.scanStream({ count: 200 });
  stream.on('data', (page) => {
    all.push(...page);
    stream.pause();
    setImmediate(() => stream.resume());
  });
  await once(stream, 'end');
  expect(all).toHaveLength(NAMES.length + 1);
});

test('close ends a stream at once, in the middle of a page too', async () => {
  await fill();
  const between = redis.scanStream({ count: 10 });
  const pages: unknown[] = [];
  for await (const page of between) {
    pages.push(page);
    between.close();
  }
  expect(pages.length).toBeLessThanOrEqual(2);

  const within = redis.scanStream({ count: 10 });
  const errors: unknown[] = [];
  within.on('error', (error) => errors.push(error));
  within.on('data', () => {});
  await new Promise(setImmediate);
  within.close();
  await once(within, 'end');
  expect(errors).toEqual([]);
  expect(await redis.get('key1')).toBe('1');
});

test('a server that is lost ends the stream with an error: nobody takes the rest for all', async () => {
  await fill();
  const client = shards.client({ commandTimeout: 200 });
  await client.get('key1');
  shards.servers[2].freeze();
  await expect(found(client.scanStream())).rejects.toMatchObject({ code: 'SHARDMUX_COMMAND_TIMEOUT' });
  shards.servers[2].thaw();
});

test('sscan, hscan and zscan go through one key', async () => {
  const members = Array.from({ length: 1_000 }, (_, i) => `member${i}`).toSorted();
  await redis.sadd('set', members);
  await redis.hset('hash', Object.fromEntries(members.map((member) => [member, '1'])));
  await redis.zadd('zset', ...members.flatMap((member, i) => [i, member]));
  expect((await found(redis.sscanStream('set', { count: 50 }))).toSorted()).toEqual(members);
  expect(await found(redis.hscanStream('hash', { match: 'member7', count: 50 }))).toEqual(['member7', '1']);
  expect(await found(redis.zscanStream('zset', { match: 'member0' }))).toEqual(['member0', '0']);
  expect(await found(redis.sscanBufferStream('set', { match: 'member7' }))).toEqual([Buffer.from('member7')]);
  expect(await redis.sscan('set', '0', 'MATCH', 'member7', 'COUNT', 10_000)).toEqual(['0', ['member7']]);
});

test('plain SCAN goes through all servers by one cursor', async () => {
  await fill();
  const keys: string[] = [];
  let cursor = '0';
  do {
    const [next, page] = await redis.scan(cursor, 'MATCH', 'key*', 'COUNT', 100);
    keys.push(...page);
    cursor = next;
  } while (cursor !== '0');
  expect(keys.toSorted()).toEqual(NAMES);
});
