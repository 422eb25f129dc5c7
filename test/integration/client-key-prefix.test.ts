import { Redis, type Result } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ClientShards } from '../support/client.js';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    echoKey(key: string, arg: string): Result<string[], Context>;
  }
}

let shards: ClientShards;
let redis: ReturnType<ClientShards['client']>;

beforeAll(async () => {
  shards = await ClientShards.start(3);
  redis = shards.client({ keyPrefix: 'app:' });
});

afterEach(() => shards.askAll('FLUSHALL'));

afterAll(() => shards.stop());

async function keys(): Promise<string[]> {
  return ((await shards.askAll('KEYS', '*')) as string[][]).flat().toSorted();
}

test('keys have it, other arguments do not', async () => {
  await redis.set('a', 'a');
  await redis.set(Buffer.from([0xff]), 'b');
  await redis.hset('h', { h: 'h' });
  await redis.zadd('z', 1, 'z');
  expect(await redis.get('a')).toBe('a');
  expect(await redis.hgetall('h')).toEqual({ h: 'h' });
  expect(await redis.zscore('z', 'z')).toBe('1');
  expect(await keys()).toEqual(['app:a', 'app:h', 'app:z', 'app:\ufffd'].toSorted());
});

test('that is undefined is none', async () => {
  // @ts-expect-error Only JavaScript says so.
  const plain = shards.client({ keyPrefix: undefined });
  await plain.set('plain', '1');
  expect((await shards.askAll('KEYS', '*plain')).flat()).toEqual(['plain']);
});

test('every key of a command that is split over the servers has it', async () => {
  const names = Array.from({ length: 30 }, (_, i) => `k${i}`);
  await redis.mset(names.flatMap((name) => [name, name]));
  expect(await redis.mget(names)).toEqual(names);
  expect(await keys()).toEqual(names.map((name) => `app:${name}`).toSorted());
  expect(await redis.del(names)).toBe(30);
});

test('keys within one tag, wherever they stand: EVAL, ZUNIONSTORE, COPY, XREAD, SORT', async () => {
  expect(await redis.eval('return {KEYS[1], KEYS[2], ARGV[1]}', 2, '{t}1', '{t}2', '{t}3')).toEqual([
    'app:{t}1',
    'app:{t}2',
    '{t}3',
  ]);
  await redis.zadd('{t}z1', 1, 'one');
  await redis.zadd('{t}z2', 2, 'two');
  expect(await redis.zunionstore('{t}z3', 2, '{t}z1', '{t}z2')).toBe(2);
  expect(await redis.copy('{t}z3', '{t}z4')).toBe(1);
  await redis.xadd('{t}s', '1-1', 'f', 'v');
  expect(await redis.xread('COUNT', 1, 'STREAMS', '{t}s', '0')).toEqual([
    ['app:{t}s', [['1-1', ['f', 'v']]]],
  ]);
  await redis.sort('{t}none', 'STORE', '{t}sorted');
  expect(await keys()).toEqual(['app:{t}s', 'app:{t}z1', 'app:{t}z2', 'app:{t}z3', 'app:{t}z4']);
});

test('in pipelines, transactions, scripts and calls by name', async () => {
  redis.defineCommand('echoKey', { lua: 'return {KEYS[1], ARGV[1]}', numberOfKeys: 1 });
  expect(await redis.echoKey('k', 'k')).toEqual(['app:k', 'k']);
  expect(await redis.pipeline().set('p', 'p').get('p').exec()).toEqual([
    [null, 'OK'],
    [null, 'p'],
  ]);
  expect(await redis.multi().set('{t}a', '1').rename('{t}a', '{t}b').exec()).toEqual([
    [null, 'OK'],
    [null, 'OK'],
  ]);
  await redis.call('set', 'c', 'c');
  expect(await keys()).toEqual(['app:c', 'app:p', 'app:{t}b']);
});

test('a tag in the prefix puts all keys on one shard', async () => {
  const one = shards.client({ keyPrefix: '{app}:' });
  const names = Array.from({ length: 20 }, (_, i) => `k${i}`);
  expect(await one.multi(names.map((name) => ['incr', name])).exec()).toEqual(names.map(() => [null, 1]));
  expect((await shards.askAll('DBSIZE')).toSorted()).toEqual([0, 0, 20]);
});

test('as ioredis has it, over commands of every form', async () => {
  const oracle = new Redis({ port: shards.servers[0].port, keyPrefix: 'app:' });
  const ours = shards.client({ keyPrefix: 'app:' }, {}, [shards.servers[0]]);
  const commands: [string, ...(string | number)[]][] = [
    ['mset', 'a', 'a', 'b', 'b'],
    ['rename', 'a', 'c'],
    ['sadd', 's1', 'x', 'y'],
    ['sinterstore', 's2', 's1', 's1'],
    ['bitop', 'NOT', 'n', 'b'],
    ['lmpop', 2, 'l1', 'l2', 'LEFT'],
    ['zrangestore', 'zd', 'zs', 0, -1],
    ['pfadd', 'hll', 'b'],
    ['pfmerge', 'hll2', 'hll', 'hll'],
    ['geoadd', 'geo', 13, 38, 'a'],
    ['geosearchstore', 'geo2', 'geo', 'FROMMEMBER', 'a', 'BYRADIUS', 10, 'km'],
    ['object', 'encoding', 'b'],
    ['xgroup', 'create', 'x', 'g', '$', 'MKSTREAM'],
    ['setex', 'e', 100, 'e'],
    ['touch', 'b', 'c', 'none'],
  ];
  const run = async (client: Redis | typeof ours) => {
    await shards.ask(0, 'FLUSHALL');
    const replies = [];
    for (const [name, ...args] of commands) {
      replies.push(await client.call(name, ...args).catch((error: Error) => error.message));
    }
    return { replies, keys: await keys() };
  };
  const theirs = await run(oracle);
  expect(await run(ours)).toEqual(theirs);
  oracle.disconnect();
});
