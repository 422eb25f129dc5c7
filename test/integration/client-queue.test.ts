import { freePort, RedisServer } from '@shardmux/testing';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ClientShards } from '../support/client.js';

/*
 * What waits unsent in a client: how much of it there may be, and that nobody waits for another server's sake.
 */

type Client = ReturnType<ClientShards['client']>;

let shards: ClientShards;
/** For each of the two servers many keys that it owns. */
let keys: [first: string[], second: string[]];
const cleanups: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  shards = await ClientShards.start(2);
  const redis = shards.client();
  const names = Array.from({ length: 400 }, (_, i) => `key${i}`);
  await redis.mset(names.flatMap((name) => [name, '1']));
  keys = (await shards.askAll('KEYS', '*')) as typeof keys;
  await shards.reset();
});

afterEach(async () => {
  for (const server of shards.servers) server.thaw();
  await shards.reset();
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

afterAll(() => shards.stop());

const full = expect.objectContaining({ code: 'SHARDMUX_QUEUE_FULL' });
const WAITING = { lazyConnect: true, commandTimeout: 0, maxRetriesPerRequest: null, retryStrategy: () => 20 };
const KIB = 'x'.repeat(1024);

/** A client of the first server, and of one that is not there; what starts that. */
async function halfDead(options: object, settings: object = {}): Promise<[Client, RedisServer]> {
  const later = new RedisServer('127.0.0.1', await freePort(), {});
  cleanups.push(() => later.stop());
  const redis = shards.client({ ...WAITING, ...options }, settings, [shards.servers[0], later]);
  await redis.connect();
  return [redis, later];
}

async function codesOf(calls: readonly Promise<unknown>[]): Promise<(string | null)[]> {
  const results = await Promise.allSettled(calls);
  return results.map((result) => (result.status === 'rejected' ? result.reason.code : null));
}

test('before there are routes, and for servers that are not there, as many calls wait as may', async () => {
  const ports = [await freePort(), await freePort()];
  const nowhere = ports.map((port) => ({ host: '127.0.0.1', port }));
  const redis = shards.client({ ...WAITING, maxQueuedCommands: 10 }, {}, nowhere);
  const early = keys.flat().map((key) => redis.get(key));
  const refused = codesOf(early.slice(10));
  expect(new Set(await refused)).toEqual(new Set(['SHARDMUX_QUEUE_FULL']));
  const late = keys.flat().map((key) => redis.get(key));
  expect(new Set(await codesOf(late))).toEqual(new Set(['SHARDMUX_QUEUE_FULL']));
  redis.disconnect();
  expect(new Set(await codesOf(early.slice(0, 10)))).toEqual(new Set(['SHARDMUX_CLIENT_CLOSED']));
});

test('calls beyond the bound are refused, those that wait run later, and other servers serve on', async () => {
  const [redis, later] = await halfDead({ maxQueuedCommands: 10 });
  const waiting = keys[1].slice(0, 10).map((key) => redis.set(key, '1'));
  const refused = redis.set(keys[1][10], '1');
  await expect(refused).rejects.toMatchObject({
    code: 'SHARDMUX_QUEUE_FULL',
    message: expect.stringContaining('maxQueuedCommands'),
    command: { name: 'set', args: [keys[1][10], '1'] },
  });
  expect(await Promise.all(keys[0].map((key) => redis.get(key)))).toEqual(keys[0].map(() => null));
  await later.restart();
  expect(await Promise.all(waiting)).toEqual(Array(10).fill('OK'));
  expect(await redis.exists(keys[1])).toBe(10);
});

test('a server that is away and has more waiting than its link may hold costs the others nothing', async () => {
  const [redis, later] = await halfDead({}, { limits: { maxLinkBytes: 64 * 1024 } });
  const waiting = keys[1].slice(0, 150).map((key) => redis.set(key, KIB));
  expect(await Promise.all(keys[0].slice(0, 150).map((key) => redis.set(key, KIB)))).toEqual(
    Array(150).fill('OK'),
  );
  const over = redis.mset({ [keys[0][0]]: '1', [keys[1][0]]: '1' });
  await expect(over).rejects.toEqual(full);
  await later.restart();
  expect(await Promise.all(waiting)).toEqual(Array(150).fill('OK'));
});

test('a server that is silent with a full link costs the others nothing, and no order is lost', async () => {
  const redis = shards.client(WAITING, { limits: { maxLinkBytes: 64 * 1024 }, timeout: 0 });
  await redis.ping();
  const [quick, slow] = keys;
  shards.servers[1].freeze();
  const waiting = Array.from({ length: 500 }, () => redis.append(slow[0], KIB));
  const script = redis.eval('return redis.call("strlen", KEYS[1])', 1, slow[0]);
  const run = redis.multi().append(slow[0], 'end').strlen(slow[0]).exec();
  const pipeline = redis.pipeline().get(quick[0]).strlen(slow[0]).exec();
  const aborted = redis.with({ signal: AbortSignal.timeout(20) }).append(slow[0], 'never');
  expect(await Promise.all(quick.map((key) => redis.set(key, '1')))).toEqual(quick.map(() => 'OK'));
  await expect(aborted).rejects.toMatchObject({ name: 'TimeoutError' });
  shards.servers[1].thaw();
  expect(await Promise.all(waiting)).toEqual(waiting.map((_, i) => 1024 * (i + 1)));
  expect(await script).toBe(512_000);
  expect(await run).toEqual([
    [null, 512_003],
    [null, 512_003],
  ]);
  expect(await pipeline).toEqual([
    [null, null],
    [null, 512_003],
  ]);
  expect(await redis.strlen(slow[0])).toBe(512_003);
});

test('calls that are held count as well, time out, and end with the client', async () => {
  const limits = { maxLinkBytes: 64 * 1024 };
  const redis = shards.client({ commandTimeout: 200, maxQueuedCommands: 20 }, { limits });
  await redis.ping();
  shards.servers[1].freeze();
  const calls = Array.from({ length: 100 }, () => redis.append(keys[1][0], KIB));
  const codes = await codesOf(calls);
  const held = codes.indexOf('SHARDMUX_QUEUE_FULL');
  expect(held).toBeGreaterThan(60);
  expect(codes.slice(0, held)).toEqual(Array(held).fill('SHARDMUX_COMMAND_TIMEOUT'));
  expect(codes.slice(held)).toEqual(Array(100 - held).fill('SHARDMUX_QUEUE_FULL'));

  const other = shards.client(WAITING, { limits, timeout: 0 });
  await other.connect();
  const more = Array.from({ length: 100 }, () => other.append(keys[1][0], KIB));
  other.disconnect();
  expect(new Set(await codesOf(more))).toEqual(new Set(['SHARDMUX_CLIENT_CLOSED']));
});

test('a burst of more than a link may hold is no fault: it waits for room', async () => {
  const redis = shards.client({}, { limits: { maxLinkBytes: 256 * 1024 } });
  const value = 'x'.repeat(16 * 1024);
  const all = keys.flat();
  expect(await Promise.all(all.map((key) => redis.set(key, value)))).toEqual(all.map(() => 'OK'));
  await redis.quit();
});
