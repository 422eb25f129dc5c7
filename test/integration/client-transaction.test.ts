import { ReplyError } from '@shardmux/plugin-api';
import { startRelay } from '@shardmux/testing';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ClientShards } from '../support/client.js';

type Client = ReturnType<ClientShards['client']>;

let shards: ClientShards;
let redis: Client;
let oracle: Redis;

beforeAll(async () => {
  shards = await ClientShards.start(3);
  redis = shards.client();
  oracle = new Redis(shards.servers[0].port);
});

afterEach(() => shards.askAll('FLUSHALL'));

afterAll(async () => {
  oracle.disconnect();
  await shards.stop();
});

test('commands of one shard run together, and each has its result', async () => {
  const results = await redis
    .multi()
    .set('{a}1', '1')
    .incr('{a}1')
    .hset('{a}h', { field: 'value' })
    .hgetall('{a}h')
    .getBuffer('{a}1')
    .mget('{a}1', '{a}none')
    .exec();
  expect(results).toEqual([
    [null, 'OK'],
    [null, 2],
    [null, 1],
    [null, { field: 'value' }],
    [null, Buffer.from('2')],
    [null, ['2', null]],
  ]);
});

test('keys of several shards: the error says so, and what to do; nothing ran', async () => {
  const names = Array.from({ length: 20 }, (_, i) => `key${i}`);
  const multi = redis.multi();
  for (const name of names) multi.set(name, '1');
  await expect(multi.exec()).rejects.toMatchObject({
    code: 'SHARDMUX_CROSS_SHARD',
    message: expect.stringMatching(/shard.*hash tag/s),
  });
  await expect(
    redis
      .multi()
      .mset(names.flatMap((name) => [name, '1']))
      .exec(),
  ).rejects.toMatchObject({
    code: 'SHARDMUX_CROSS_SHARD',
  });
  expect(await redis.exists(names)).toBe(0);
});

/** What became of a transaction, in words that both clients share. */
async function outcome(exec: Promise<unknown>): Promise<unknown> {
  const text = (item: unknown): unknown => {
    if (item instanceof Error) return { [item.name]: item.message };
    return Array.isArray(item) ? item.map(text) : item;
  };
  try {
    const results = (await exec) as [error: Error | null, result: unknown][];
    return results.map(([error, result]) => [text(error), text(result)]);
  } catch (error) {
    const { name, message, previousErrors } = error as Error & { previousErrors?: Error[] };
    return {
      name: name.replace('ExecAbortedError', 'ReplyError'),
      message,
      previous: previousErrors?.map(text),
    };
  }
}

test.each<[string, unknown[][]]>([
  ['nothing', []],
  [
    'commands that succeed',
    [
      ['set', 'a', 1],
      ['incr', 'a'],
      ['get', 'a'],
      ['hgetall', 'none'],
      ['lrange', 'l', 0, -1],
    ],
  ],
  [
    'a runtime error between others',
    [
      ['set', 'a', 'x'],
      ['lpush', 'a', 1],
      ['incr', 'a'],
      ['get', 'a'],
    ],
  ],
  ['a script with an error in its reply', [['eval', 'return {1, redis.error_reply("MY own")}', 1, 'a']]],
  ['a command with the wrong arity', [['set', 'a', 1], ['get'], ['incr', 'a']]],
  ['several that are refused', [['get'], ['set', 'a'], ['set', 'a', 1]]],
])('as ioredis does against one server: %s', async (_title, commands) => {
  const ours = shards.client({}, {}, [shards.servers[0]]);
  const expected = await outcome(oracle.multi(commands).exec());
  const left = await oracle.get('a');
  await oracle.flushall();
  expect(await outcome(ours.multi(commands).exec())).toEqual(expected);
  expect(await oracle.get('a')).toBe(left);
});

test('a command that the server does not know aborts all', async () => {
  const exec = redis.multi().set('a', '1').call('no-such-command', 'a').exec();
  await expect(exec).rejects.toMatchObject({
    name: 'ExecAbortedError',
    message: 'EXECABORT Transaction discarded because of previous errors.',
    previousErrors: [{ message: expect.stringMatching(/^ERR unknown command 'no-such-command'/) }],
  });
  await expect(exec).rejects.toBeInstanceOf(ReplyError);
  expect(await redis.exists('a')).toBe(0);
});

test('what the server alone refuses aborts all too', async () => {
  await shards.askAll('CONFIG', 'SET', 'maxmemory', '1');
  const exec = redis.multi().set('a', '1').exec();
  const error: unknown = await exec.catch((reason: unknown) => reason);
  await shards.askAll('CONFIG', 'SET', 'maxmemory', '0');
  expect(error).toMatchObject({
    name: 'ExecAbortedError',
    previousErrors: [{ message: expect.stringMatching(/^OOM/), command: { name: 'set', args: ['a', '1'] } }],
  });
});

test.each([
  ['select', '1'],
  ['auth', 'password'],
  ['hello', '3'],
  ['quit'],
  ['watch', 'a'],
  ['subscribe', 'a'],
  ['multi'],
  ['exec'],
  ['discard'],
  ['reset'],
  ['client', 'reply', 'off'],
])(
  '%s within a transaction is refused: it would change the connection that all share',
  async (...command) => {
    const exec = redis
      .multi()
      .set('{a}1', '1')
      .call(...(command as [string, ...string[]]))
      .exec();
    await expect(exec).rejects.toMatchObject({ name: 'ExecAbortedError', previousErrors: [{}] });
    expect(await redis.set('{a}2', '2')).toBe('OK');
    expect(await redis.exists('{a}1')).toBe(0);
    const held = (await shards.askAll('INFO', 'keyspace')).join('');
    expect(held).not.toMatch(/db1:/);
  },
);

test('callbacks of commands are told the result, that of exec all results or the error', async () => {
  const seen: unknown[] = [];
  await new Promise((resolve) => {
    redis
      .multi()
      .set('a', 'x', (error, result) => seen.push([error, result]))
      .incr('a', (error) => seen.push(error?.message))
      .exec((error, results) => resolve(seen.push([error, results?.length])));
  });
  expect(seen).toEqual([[null, 'OK'], 'ERR value is not an integer or out of range', [null, 2]]);

  const failed: unknown[] = [];
  await new Promise((resolve) => {
    redis
      .multi()
      .call('set', 'a', (error) => failed.push(error?.message))
      .get('a', (error) => failed.push(error?.message))
      .exec((error) => resolve(failed.push(error?.name)));
  });
  expect(failed).toEqual([
    "ERR wrong number of arguments for 'set' command",
    'EXECABORT Transaction discarded because of previous errors.',
    'ExecAbortedError',
  ]);
});

test('what is no function is not called back', async () => {
  const results = await redis.multi().set('a', 'x').get('a').exec(Object(true));
  expect(results).toEqual([
    [null, 'OK'],
    [null, 'x'],
  ]);
});

test('nothing of others gets between, and nothing is half done when the link is cut anywhere', async () => {
  const relay = await startRelay(shards.servers[0].endpoint);
  const client = shards.client(
    { retryStrategy: () => 5, maxRetriesPerRequest: null, commandTimeout: 0 },
    {},
    [relay],
  );
  let cuts = 0;
  relay.chop(100);
  const chaos = setInterval(() => relay.cut(cuts++ % 2 ? 'end' : 'reset'), 10);
  const tally = { done: 0, unknown: 0 };
  const transfer = async (i: number) => {
    const padding = 'x'.repeat(500);
    try {
      const results = await client.multi().incr('from').set(`pad${i}`, padding).incr('to').exec();
      tally.done++;
      expect(results![0][1]).toBe(results![2][1]);
    } catch (error) {
      expect(error).toMatchObject({ code: 'SHARDMUX_CONNECTION_LOST', command: { name: 'exec' } });
      tally.unknown++;
    }
  };
  for (let round = 0; round < 40; round++) {
    await Promise.all(Array.from({ length: 10 }, (_, i) => transfer(i)));
  }
  clearInterval(chaos);
  const [from, to] = (await shards.ask(0, 'MGET', 'from', 'to')) as string[];
  expect(from).toBe(to);
  expect(Number(from)).toBeGreaterThanOrEqual(tally.done);
  expect(Number(from)).toBeLessThanOrEqual(tally.done + tally.unknown);
  expect(tally.done).toBeGreaterThan(0);
  expect(tally.unknown).toBeGreaterThan(0);
  await relay.stop();
});

test('a transaction may be made call by call', async () => {
  const client = redis.duplicate();
  expect(await client.multi({ pipeline: false })).toBe('OK');
  expect(await Promise.all([client.set('{a}1', '1'), client.incr('{a}1')])).toEqual(['QUEUED', 'QUEUED']);
  await expect(client.multi().get('{a}1').exec()).rejects.toMatchObject({ code: 'SHARDMUX_UNSUPPORTED' });
  const [, failed] = [client.get('{a}1'), client.lpop('{a}1')];
  expect(await failed).toBe('QUEUED');
  expect(await client.exec()).toEqual([
    [null, 'OK'],
    [null, 2],
    [null, '2'],
    [expect.objectContaining({ message: expect.stringMatching(/^WRONGTYPE/) }), undefined],
  ]);
  expect(await client.get('{a}1')).toBe('2');
  expect(await new Promise((resolve) => client.exec((error) => resolve(error?.message)))).toBe(
    'ERR EXEC without MULTI',
  );
  client.disconnect();
});

test('watched keys: changed by another, the transaction comes to null; else it runs', async () => {
  const client = redis.duplicate();
  await client.watch('{a}1', '{a}2');
  expect(await client.multi().set('{a}1', '1').exec()).toEqual([[null, 'OK']]);
  await client.watch('{a}1');
  await redis.set('{a}1', '2');
  expect(await client.multi().set('{a}1', '3').exec()).toBe(null);
  await client.watch('{a}1');
  await expect(client.multi().call('no-such-command').exec()).rejects.toThrow('EXECABORT');
  await redis.set('{a}1', '4');
  expect(await client.multi().incr('{a}1').exec()).toEqual([[null, 5]]);
  await client.watch('{a}1');
  await redis.set('{a}1', '6');
  expect(await client.unwatch()).toBe('OK');
  expect(await client.multi().incr('{a}1').exec()).toEqual([[null, 7]]);
  client.disconnect();
});

test('a transaction as an array, with large values, and a split command whose keys share a shard', async () => {
  const large = 'x'.repeat(3_000_000);
  const results = await redis
    .multi([
      ['mset', '{a}1', large, '{a}2', '2'],
      ['mget', '{a}1', '{a}2'],
      ['del', '{a}1', '{a}2'],
    ])
    .exec();
  expect(results).toEqual([
    [null, 'OK'],
    [null, [large, '2']],
    [null, 2],
  ]);
});
