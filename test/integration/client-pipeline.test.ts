import { ReplyError } from '@shardmux/plugin-api';
import { Redis } from 'ioredis';
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

const NAMES = Array.from({ length: 60 }, (_, i) => `key${i}`);

test('results come in the order of the commands, whichever server each went to', async () => {
  const pipeline = redis.pipeline();
  for (const name of NAMES) pipeline.set(name, name);
  for (const name of NAMES) pipeline.get(name).append(name, '!').get(name);
  expect(pipeline.length).toBe(240);
  const results = await pipeline.exec();
  expect(results).toEqual([
    ...NAMES.map(() => [null, 'OK']),
    ...NAMES.flatMap((name) => [
      [null, name],
      [null, name.length + 1],
      [null, `${name}!`],
    ]),
  ]);
  expect(await shards.askAll('DBSIZE')).not.toContain(0);
});

test('split commands within a pipeline see what came before them, and no more', async () => {
  const results = await redis
    .pipeline()
    .mset(NAMES.flatMap((name) => [name, '1']))
    .mget(NAMES)
    .incr('key7')
    .mget('key7', 'key8')
    .del(NAMES)
    .exists(NAMES)
    .exec();
  expect(results).toEqual([
    [null, 'OK'],
    [null, NAMES.map(() => '1')],
    [null, 2],
    [null, ['2', '1']],
    [null, 60],
    [null, 0],
  ]);
});

test('errors stand where their commands stood, name them, and stop nothing', async () => {
  const results = await redis
    .pipeline()
    .set('text', 'x')
    .lpush('text', '1')
    .call('no-such-command', 'a')
    .get('text')
    .call('monitor')
    .rename('key1', 'key2')
    .strlen('text')
    .exec();
  const errors = results!.map(([error]) => error as (Error & { command?: unknown }) | null);
  expect(errors.map((error) => error?.message ?? null)).toEqual([
    null,
    'WRONGTYPE Operation against a key holding the wrong kind of value',
    "ERR unknown command 'no-such-command', with args beginning with: 'a' ",
    null,
    "ERR 'monitor' is not supported by shardmux: it concerns a single server",
    expect.stringMatching(/shard/),
    null,
  ]);
  expect(errors[1]).toBeInstanceOf(ReplyError);
  expect(errors[1]).toMatchObject({ name: 'ReplyError', command: { name: 'lpush', args: ['text', '1'] } });
  expect(errors[5]).toMatchObject({ code: 'SHARDMUX_CROSS_SHARD', command: { name: 'rename' } });
  expect(results!.map(([, result]) => result)).toEqual([
    'OK',
    undefined,
    undefined,
    'x',
    undefined,
    undefined,
    1,
  ]);
});

test('an array of commands is a pipeline too, in any letter case', async () => {
  const pipeline = redis.pipeline([
    ['set', 'a', 1],
    ['GET', 'a'],
    ['mget', ['a', 'b']],
  ]);
  expect(pipeline.length).toBe(3);
  expect(await pipeline.incr('a').exec()).toEqual([
    [null, 'OK'],
    [null, '1'],
    [null, ['1', null]],
    [null, 2],
  ]);
});

test('what would open or end a transaction of its own is refused in words', async () => {
  // @ts-expect-error The types refuse it as well.
  expect(() => redis.pipeline().multi()).toThrow(expect.objectContaining({ code: 'SHARDMUX_UNSUPPORTED' }));
  // @ts-expect-error As above.
  expect(() => redis.multi().multi()).toThrow(expect.objectContaining({ code: 'SHARDMUX_UNSUPPORTED' }));
  await expect(redis.exec()).rejects.toThrow('ERR EXEC without MULTI');
});

test('an empty pipeline gives an empty list', async () => {
  expect(await redis.pipeline().exec()).toEqual([]);
  expect(await redis.pipeline([]).exec()).toEqual([]);
});

test('callbacks: one for each command, one for all', async () => {
  const seen: unknown[] = [];
  const results = await new Promise((resolve) => {
    redis
      .pipeline()
      .set('a', '1', (error, result) => seen.push([error, result]))
      .lpush('a', '1', (error) => seen.push(error?.message))
      .getBuffer('a', (error, result) => seen.push([error, result]))
      .exec((error, all) => resolve([error, all?.length]));
  });
  expect(results).toEqual([null, 3]);
  expect(seen).toEqual([[null, 'OK'], expect.stringMatching(/^WRONGTYPE/), [null, Buffer.from('1')]]);
});

test('a pipeline is sent once: what comes after is refused', async () => {
  const pipeline = redis.pipeline().incr('a');
  expect(await pipeline.exec()).toEqual([[null, 1]]);
  await expect(pipeline.exec()).rejects.toThrow('sent already');
  expect(() => pipeline.incr('a')).toThrow('sent already');
  expect(await redis.get('a')).toBe('1');
});

test('twins, hashes and numbers have the shape that they have alone', async () => {
  const results = await redis
    .pipeline()
    .hset('h', { field: 'value', n: 1 })
    .hgetall('h')
    .hgetallBuffer('h')
    .hgetall('none')
    .callBuffer('hget', 'h', 'field')
    .exec();
  expect(results).toEqual([
    [null, 2],
    [null, { field: 'value', n: '1' }],
    [null, { field: Buffer.from('value'), n: Buffer.from('1') }],
    [null, {}],
    [null, Buffer.from('value')],
  ]);
});

test('ten thousand commands, small and large, in one pipeline', async () => {
  const pipeline = redis.pipeline();
  const large = 'x'.repeat(100_000);
  for (let i = 0; i < 10_000; i++) pipeline.set(`key${i}`, i % 500 === 0 ? large : i);
  const results = await pipeline.exec();
  expect(results!.filter(([error, result]) => error !== null || result !== 'OK')).toEqual([]);
  const read = await redis.pipeline(Array.from({ length: 10_000 }, (_, i) => ['strlen', `key${i}`])).exec();
  expect(read).toEqual(
    Array.from({ length: 10_000 }, (_, i) => [null, i % 500 === 0 ? 100_000 : `${i}`.length]),
  );
});

test('ioredis gives the same results for the same pipelines, from one server', async () => {
  const oracle = new Redis(shards.servers[0].port);
  const ours = shards.client({}, {}, [shards.servers[0]]);
  const commands: unknown[][] = [
    ['set', 'a', 1],
    ['set', 'b', null],
    ['mset', { c: '1', d: 2 }],
    ['mget', ['a', 'b'], 'c', 'none'],
    ['hset', 'h', new Map<string, unknown>([['x', 1.5]]), 'ignored'],
    ['hset', 'h', new Map<string, unknown>([['x', 1.5]])],
    ['hset', 'h', { y: true }],
    ['hgetall', 'h'],
    ['get', 'h'],
    ['get'],
    ['zadd', 'z', 1, 'one', '2', 'two'],
    ['zrange', 'z', 0, -1, 'WITHSCORES'],
    ['zscore', 'z', 'none'],
    ['eval', 'return {1, {2, false}, "x", redis.error_reply("MY own")}', 1, 'a'],
    ['type', 'a'],
    ['del', ['a', 'b'], 'c'],
  ];
  const run = async (client: Redis | typeof ours) => {
    await client.call('flushall').catch(() => {});
    await shards.ask(0, 'FLUSHALL');
    const results = await client.pipeline(commands).exec();
    return results!.map(([error, result]) => [
      error === null ? null : error.message,
      Array.isArray(result)
        ? result.map((item) => (item instanceof Error ? `${item.name} ${item.message}` : item))
        : result,
    ]);
  };
  expect(await run(ours)).toEqual(await run(oracle));
  oracle.disconnect();
});

test('what every object has is no command: the list is refused by the server, and not lost', async () => {
  const results = await redis.pipeline([['toString'], ['set', 'k', 'v'], ['constructor']]).exec();
  expect(results!.map(([error]) => error?.message)).toEqual([
    expect.stringContaining("unknown command 'tostring'"),
    undefined,
    expect.stringContaining("unknown command 'constructor'"),
  ]);
});

test('commands as lists: names, twins, scripts, as ioredis has them', async () => {
  const ioredis = new Redis(shards.servers[0].port, { keyPrefix: 'own:' });
  redis.defineCommand('ech', { numberOfKeys: 1, lua: 'return {KEYS[1],ARGV[1]}' });
  ioredis.defineCommand('ech', { numberOfKeys: 1, lua: 'return {KEYS[1],ARGV[1]}' });
  const commands = [
    ['set', 'k', 'v'],
    ['GET', 'k'],
    ['getBuffer', 'k'],
    ['call', 'get', 'k'],
    ['echBuffer', 'k', 'w'],
    ['exists', 'k', 'k'],
  ];
  const results = await redis.pipeline(commands).exec();
  const lower = commands.map(([name, ...args]) => [name === 'GET' ? 'get' : name, ...args]);
  const theirs = await ioredis.pipeline(lower).exec();
  expect(results).toEqual(
    theirs!.map((result, i) => (i === 4 ? [null, [Buffer.from('k'), Buffer.from('w')]] : result)),
  );
  await ioredis.quit();
});
