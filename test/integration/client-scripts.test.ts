import type { Callback, Result } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ClientShards } from '../support/client.js';

/** As an application that uses ioredis declares its commands: ours has the same types. */
declare module 'ioredis' {
  interface RedisCommander<Context> {
    add(key: string, amount: number): Result<number, Context>;
    addBuffer(key: string, amount: number): Result<number, Context>;
    both(keys: number, ...rest: (string | number)[]): Result<[string, string], Context>;
    bothBuffer(keys: number, ...rest: (string | number)[]): Result<[Buffer, Buffer], Context>;
    look(key: string): Result<string, Context>;
    wrong(key: string): Result<never, Context>;
    later(key: string, arg: string, callback: Callback<string>): Result<string, Context>;
  }
}

const scripts = {
  add: { lua: 'return redis.call("incrby", KEYS[1], ARGV[1])', numberOfKeys: 1 },
  both: { lua: 'return {KEYS[1], ARGV[1]}' },
  look: { lua: 'return redis.call("get", KEYS[1])', numberOfKeys: 1, readOnly: true },
  wrong: { lua: 'return redis.error_reply("MY own")', numberOfKeys: 1 },
};

let shards: ClientShards;
let redis: ReturnType<ClientShards['client']>;
let keys: string[];

beforeAll(async () => {
  shards = await ClientShards.start(3);
  redis = shards.client({ scripts });
  keys = await shards.keyPerServer(redis);
});

afterEach(() => shards.askAll('FLUSHALL'));

afterAll(() => shards.stop());

/** How often the servers were given EVAL, EVALSHA and their errors, summed up. */
async function calls(command: string): Promise<number> {
  const infos = (await shards.askAll('INFO', 'commandstats')) as string[];
  const counts = infos.map((info) =>
    Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(info)?.[1] ?? 0),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

test('a script becomes a command on every shard, and its source is sent to each once', async () => {
  await shards.askAll('SCRIPT', 'FLUSH');
  await shards.askAll('CONFIG', 'RESETSTAT');
  const fresh = shards.client({ scripts });
  for (let round = 1; round <= 5; round++) {
    expect(await Promise.all(keys.map((key) => fresh.add(key, 2)))).toEqual(keys.map(() => 2 * round));
  }
  expect(await calls('eval')).toBe(3);
  expect(await calls('evalsha')).toBe(12);
});

test('twins, keys counted by the call, callbacks, errors', async () => {
  const [key] = keys;
  expect(await redis.both(1, key, 'größe')).toEqual([key, 'größe']);
  expect(await redis.bothBuffer(1, key, 'größe')).toEqual([Buffer.from(key), Buffer.from('größe')]);
  await redis.set(key, 'value');
  expect(await redis.look(key)).toBe('value');
  await expect(redis.wrong(key)).rejects.toMatchObject({
    name: 'ReplyError',
    message: expect.stringMatching(/^MY own/),
    command: { name: 'wrong', args: [1, key] },
  });
  await expect(redis.both(2, ...keys)).rejects.toMatchObject({ code: 'SHARDMUX_CROSS_SHARD' });
  await expect(redis.both(9, key)).rejects.toThrow("Number of keys can't be greater than number of args");
  const called = new Promise((resolve) => {
    redis.defineCommand('later', { lua: 'return ARGV[1]', numberOfKeys: 1 });
    redis.later(key, 'x', (error, result) => resolve([error, result]));
  });
  expect(await called).toEqual([null, 'x']);
});

test('a script that every server has forgotten is sent again: alone, in a pipeline, in a transaction', async () => {
  await Promise.all(keys.map((key) => redis.add(key, 1)));
  await shards.askAll('SCRIPT', 'FLUSH');
  expect(await Promise.all(keys.map((key) => redis.add(key, 1)))).toEqual([2, 2, 2]);

  await shards.askAll('SCRIPT', 'FLUSH');
  const pipeline = redis.pipeline();
  for (const key of keys) pipeline.add(key, 1).add(key, 1);
  expect((await pipeline.exec())!.map(([, result]) => result)).toEqual([3, 4, 3, 4, 3, 4]);

  await shards.askAll('SCRIPT', 'FLUSH');
  const [key] = keys;
  expect(await redis.multi().add(key, 1).incr(key).look(key).exec()).toEqual([
    [null, 5],
    [null, 6],
    [null, '6'],
  ]);
});

test('a script that was forgotten runs in its place in a pipeline, before the commands behind it', async () => {
  await Promise.all(keys.map((key) => redis.add(key, 0)));
  await shards.askAll('SCRIPT', 'FLUSH');
  const pipeline = redis.pipeline();
  for (const key of keys) pipeline.add(key, 1).set(key, 10).add(key, 1).get(key);
  const results = (await pipeline.exec())!;
  expect(results).toEqual(keys.flatMap(() => [1, 'OK', 11, '11']).map((value) => [null, value]));
});

test('a pipeline gives each server the source of a script once', async () => {
  await Promise.all(keys.map((key) => redis.add(key, 0)));
  await shards.askAll('CONFIG', 'RESETSTAT');
  const pipeline = redis.pipeline();
  for (let i = 0; i < 10; i++) for (const key of keys) pipeline.add(key, 1);
  await pipeline.exec();
  expect(await calls('eval')).toBe(3);
  expect(await calls('evalsha')).toBe(27);
});

test('a server that is started anew gets the script again', async () => {
  await redis.add(keys[0], 1);
  await shards.servers[0].restart();
  await expect.poll(() => redis.add(keys[0], 1).catch(() => null)).not.toBeNull();
  expect(await redis.add(keys[0], 1)).toBe(Number(await redis.get(keys[0])));
});

test('a thousand calls at once of a script that is gone: each runs once', async () => {
  await redis.add(keys[0], 0);
  await shards.askAll('SCRIPT', 'FLUSH');
  const results = await Promise.all(Array.from({ length: 1_000 }, () => redis.add(keys[0], 1)));
  expect(new Set(results).size).toBe(1_000);
  expect(await redis.get(keys[0])).toBe('1000');
});

test('plain EVALSHA of a script that is not there says NOSCRIPT', async () => {
  await expect(redis.evalsha('0'.repeat(40), 1, keys[0])).rejects.toThrow(/^NOSCRIPT/);
});
