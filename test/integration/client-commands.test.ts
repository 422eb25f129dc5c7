import { ReplyError } from '@shardmux/plugin-api';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ClientShards } from '../support/client.js';

type Client = ReturnType<ClientShards['client']>;

let shards: ClientShards;
let redis: Client;

beforeAll(async () => {
  shards = await ClientShards.start(3);
  redis = shards.client();
});

afterEach(() => shards.askAll('FLUSHALL'));

afterAll(() => shards.stop());

const NAMES = Array.from({ length: 60 }, (_, i) => `key${i}`);

test('MGET, MSET, DEL, EXISTS, TOUCH and UNLINK over all shards, keys in their order and twice', async () => {
  expect(await redis.mset(NAMES.flatMap((name) => [name, name]))).toBe('OK');
  expect(await shards.askAll('DBSIZE')).not.toContain(0);
  expect(await redis.mget([...NAMES, 'none', ...NAMES])).toEqual([...NAMES, null, ...NAMES]);
  expect(await redis.mgetBuffer('key1', 'none')).toEqual([Buffer.from('key1'), null]);
  expect(await redis.exists(...NAMES, ...NAMES, 'none')).toBe(120);
  expect(await redis.touch(...NAMES, 'none')).toBe(60);
  expect(await redis.unlink(NAMES.slice(0, 20))).toBe(20);
  expect(await redis.del(...NAMES)).toBe(40);
});

test('other commands over several shards say which of them it was, and why', async () => {
  await expect(redis.sinter(...NAMES)).rejects.toMatchObject({
    code: 'SHARDMUX_CROSS_SHARD',
    message: expect.stringMatching(/shard/),
    command: { name: 'sinter', args: NAMES },
  });
});

test('twins give bytes, at any depth', async () => {
  const bytes = Buffer.from([0, 0xff, 0x0d, 0x0a]);
  expect(await redis.set(bytes, bytes)).toBe('OK');
  expect(await redis.getBuffer(bytes)).toEqual(bytes);
  expect(await redis.callBuffer('set', 'a', '1')).toEqual(Buffer.from('OK'));
  expect(await redis.callBuffer('incr', 'a')).toBe(2);
  await redis.xadd('stream', '1-1', 'field', bytes);
  expect(await redis.xrangeBuffer('stream', '-', '+')).toEqual([
    [Buffer.from('1-1'), [Buffer.from('field'), bytes]],
  ]);
  expect(await redis.callBuffer('GET', bytes)).toEqual(bytes);
  expect(await redis.getBuffer('none')).toBeNull();
});

test('a buffer in a reply is its own: later replies do not change it', async () => {
  await redis.mset('a', 'a'.repeat(100), 'b', 'b'.repeat(100));
  const a = await redis.getBuffer('a');
  for (let i = 0; i < 200; i++) await redis.getBuffer('b');
  expect(a!.toString()).toBe('a'.repeat(100));
});

describe('as ioredis does against one server', () => {
  let oracle: Redis;
  let ours: Client;

  beforeAll(() => {
    oracle = new Redis(shards.servers[0].port);
  });

  afterAll(() => oracle.disconnect());

  type Call = (client: Redis) => unknown;
  const lone = '\ud800x\udfff';
  const text = { toString: () => 'own text' };
  const cases: [string, Call][] = [
    [
      'numbers of every kind',
      (c) => c.rpush('l', 0, -0, 1.5, 1e21, -1e-7, Number.NaN, Number.POSITIVE_INFINITY),
    ],
    [
      'what is no text',
      (c) => c.call('rpush', 'l', ...([null, undefined, true, 10n, text] as unknown as string[])),
    ],
    ['arrays in arrays', (c) => c.call('rpush', ['l', ['a', ['b', 'c']], []] as unknown as string)],
    ['dates and symbols of objects', (c) => c.set('a', new Date(0) as unknown as string)],
    ['lone surrogates', (c) => c.rpush('l', lone, `${lone}${'ü'.repeat(100)}`, 'é', '💾')],
    ['bytes and text mixed', (c) => c.rpush('l', Buffer.from([0xff]), 'ÿ', Buffer.alloc(0), '')],
    ['MSET of an object', (c) => c.mset({ a: 1, b: 'two', c: Buffer.from('3') })],
    [
      'MSET of a Map',
      (c) =>
        c.mset(
          new Map<string, unknown>([
            ['a', 1],
            ['b', 'two'],
          ]),
        ),
    ],
    ['MSETNX of an object', (c) => c.msetnx({ a: 1 })],
    ['MSET of an array', (c) => c.mset(['a', 1, 'b', 2])],
    ['MSET of nothing', (c) => c.mset({})],
    ['HSET of an object', (c) => c.hset('h', { a: 1, nested: ['x', 'y'], none: null })],
    [
      'HSET of a Map',
      (c) =>
        c.hset(
          'h',
          new Map<string, unknown>([
            ['a', 1],
            ['b', 2],
          ]),
        ),
    ],
    ['HMSET of an object', (c) => c.hmset('h', { a: 1 })],
    ['HSET of text', (c) => c.hset('h', 'a', 1, 'b', 2)],
    [
      'a hash with names of the language',
      (c) => c.hset('h', { ['__proto__']: '1', constructor: '2', toString: '3' }),
    ],
    ['HGETALL of nothing', (c) => c.hgetall('none')],
    ['HGETALL of no hash', async (c) => [await c.set('a', '1'), await c.hgetall('a')]],
    ['a command in capitals', (c) => c.call('SET', 'a', '1')],
    ['too few arguments', (c) => (c.get as (...args: unknown[]) => unknown)()],
    ['a large integer', async (c) => [await c.set('a', '9007199254740993'), await c.incr('a')]],
    ['a negative integer', async (c) => [await c.decr('a'), await c.ttl('none')]],
    [
      'an empty reply',
      async (c) => [await c.lrange('none', 0, -1), await c.lpop('none'), await c.lpop('none', 2)],
    ],
    ['a double', async (c) => [await c.incrbyfloat('a', 1.25), await c.zincrby('z', 0.1, 'm')]],
    [
      'replies in replies',
      async (c) => [await c.geoadd('g', 13.5, 38, 'm'), await c.geopos('g', 'm', 'none')],
    ],
    ['an error within a reply', (c) => c.eval('return {1, redis.error_reply("MY own"), {2}}', 1, 'a')],
    ['an error', (c) => c.eval('return redis.error_reply("MY own")', 1, 'a')],
  ];

  /** What a call gave and what it left, in words that both clients share. */
  async function outcome(client: Redis | Client, call: Call): Promise<unknown> {
    await shards.ask(0, 'FLUSHALL');
    const plain = (value: unknown): unknown => {
      if (value instanceof Error) return `${value.name}: ${value.message}`;
      return Array.isArray(value) ? value.map(plain) : value;
    };
    const [result] = await Promise.allSettled([(async () => call(client as Redis))()]);
    const given = result.status === 'fulfilled' ? plain(result.value) : ['rejected', plain(result.reason)];
    const left: unknown[] = [];
    for (const key of ((await shards.ask(0, 'KEYS', '*')) as string[]).toSorted()) {
      const type = await shards.ask(0, 'TYPE', key);
      if (type === 'list') left.push(key, await oracle.lrangeBuffer(key, 0, -1));
      if (type === 'string') left.push(key, await oracle.getBuffer(key));
      if (type === 'hash') left.push(key, await oracle.callBuffer('hvals', key));
    }
    return { given, left };
  }

  test.each(cases)('%s', async (_title, call) => {
    ours ??= shards.client({}, {}, [shards.servers[0]]);
    expect(await outcome(ours, call)).toEqual(await outcome(oracle, call));
  });

  test('with stringNumbers', async () => {
    const theirs = new Redis({ port: shards.servers[0].port, stringNumbers: true });
    const own = shards.client({ stringNumbers: true }, {}, [shards.servers[0]]);
    const call: Call = async (c) => [
      await c.set('a', '9007199254740993'),
      await c.incr('a'),
      await c.del('a'),
      await c.eval('return {1, {-2}, "3"}', 1, 'a'),
      await c.pipeline().incr('n').exec(),
      await c.multi().incr('n').exec(),
    ];
    expect(await outcome(own, call)).toEqual(await outcome(theirs, call));
    theirs.disconnect();
  });
});

test('a hash field may be called as anything: its object is not poisoned', async () => {
  await redis.hset('h', '__proto__', '{"polluted":1}', 'constructor', 'c', 'plain', 'p');
  const hash = await redis.hgetall('h');
  expect(Object.keys(hash).toSorted()).toEqual(['__proto__', 'constructor', 'plain']);
  expect(Object.getOwnPropertyDescriptor(hash, '__proto__')?.value).toBe('{"polluted":1}');
  expect(Object.getPrototypeOf(hash)).toBe(Object.prototype);
});

test.each([0, 1, 65_535, 65_536, 65_537, 1_000_000, 20_000_000])('a value of %i bytes', async (length) => {
  const bytes = Buffer.alloc(length, 'shardmux-');
  expect(await redis.set('bytes', bytes)).toBe('OK');
  expect((await redis.getBuffer('bytes'))!.equals(bytes)).toBe(true);
  const text = 'ü'.repeat(length / 2);
  expect(await redis.set('text', text)).toBe('OK');
  expect((await redis.get('text')) === text).toBe(true);
  const [a, b] = await redis.mget('bytes', 'text');
  expect([a === bytes.toString(), b === text]).toEqual([true, true]);
});

test('what is larger than the pool allows is refused, and the client goes on', async () => {
  const small = shards.client(
    {},
    { limits: { maxBulkLength: 1_000_000, maxArguments: 10, maxKeyLength: 100 } },
  );
  await expect(small.set('a', 'x'.repeat(1_100_000))).rejects.toThrow(/invalid bulk length/);
  await expect(small.del(NAMES)).rejects.toThrow(/invalid multibulk length/);
  await expect(small.get('k'.repeat(101))).rejects.toThrow(/longer than shardmux allows/);
  expect(await small.pipeline().set('a', '1').set('b', 'x'.repeat(1_100_000)).get('a').exec()).toEqual([
    [null, 'OK'],
    [expect.any(ReplyError), undefined],
    [null, '1'],
  ]);
  await expect(small.multi().set('a', 'x'.repeat(1_100_000)).exec()).rejects.toMatchObject({
    name: 'ExecAbortedError',
  });
  expect(await small.get('a')).toBe('1');
});

test('callbacks instead of promises, as the last argument', async () => {
  const called = <T>(call: (callback: (error?: Error | null, result?: T) => void) => unknown) =>
    new Promise((resolve) => call((error, result) => resolve([error, result])));
  expect(await called((done) => redis.set('a', '1', done))).toEqual([null, 'OK']);
  expect(await called((done) => redis.mget('a', 'b', done))).toEqual([null, ['1', null]]);
  expect(await called((done) => redis.call('get', 'a', done))).toEqual([null, '1']);
  expect(await called((done) => redis.lpush('a', 'x', done))).toEqual([expect.any(ReplyError), undefined]);
});

test('an error names its command', async () => {
  await redis.set('a', 'text');
  await expect(redis.incr('a')).rejects.toMatchObject({
    name: 'ReplyError',
    message: 'ERR value is not an integer or out of range',
    command: { name: 'incr', args: ['a'] },
  });
});

test('a callback is called before those who await the same call, or a later one', async () => {
  const redis = shards.client();
  const order: string[] = [];
  redis.set('a', '1', () => order.push('first'));
  const second = redis.get('a', () => order.push('second')).then(() => order.push('second awaited'));
  await redis.get('a').then(() => order.push('third awaited'));
  await second;
  expect(order).toEqual(['first', 'second', 'second awaited', 'third awaited']);
});
