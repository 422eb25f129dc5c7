import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { ClientShards } from '../support/client.js';

type Client = ReturnType<ClientShards['client']>;

let shards: ClientShards;
let redis: Client;

beforeAll(async () => {
  shards = await ClientShards.start(3);
  redis = shards.client({ commandTimeout: 200 });
});

afterEach(() => shards.askAll('FLUSHALL'));

afterAll(() => shards.stop());

async function untilBlocked(count: number): Promise<void> {
  await vi.waitFor(async () => {
    const infos = await shards.askAll('INFO', 'clients');
    const blocked = infos.map((info) => Number(/blocked_clients:(\d+)/.exec(String(info))?.[1]));
    expect(blocked.reduce((sum, each) => sum + each, 0)).toBe(count);
  }, 10_000);
}

test('a call that blocks keeps no other waiting, and outlives commandTimeout', async () => {
  const popped = redis.blpop('list', 0);
  await untilBlocked(1);
  expect(await redis.set('a', '1')).toBe('OK');
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await redis.rpush('list', 'x')).toBe(1);
  expect(await popped).toEqual(['list', 'x']);
});

test('what was called before it comes before it', async () => {
  const pushed = redis.rpush('list', 'x');
  expect(await redis.blpop('list', 1)).toEqual(['list', 'x']);
  expect(await pushed).toBe(1);
});

test('many wait at once, each for its own', async () => {
  const waiting = Array.from({ length: 50 }, (_, i) => redis.brpop(`list${i}`, 0));
  await untilBlocked(50);
  await Promise.all(waiting.map((_, i) => redis.rpush(`list${i}`, `value${i}`)));
  expect(await Promise.all(waiting)).toEqual(waiting.map((_, i) => [`list${i}`, `value${i}`]));
});

test('the time it says is its own', async () => {
  expect(await redis.blpop('list', 0.3)).toBe(null);
  expect(await redis.xread('BLOCK', 1, 'STREAMS', 'stream', '$')).toBe(null);
  await expect(redis.blpop('list', -1)).rejects.toThrow('timeout is negative');
});

test('as many as may, and the next one is told so at once', async () => {
  const few = shards.client({}, { limits: { maxPrivateLinks: 2 } });
  const waiting = [few.blpop('list', 0), few.duplicate().blpop('list', 0)];
  await untilBlocked(2);
  await expect(few.blpop('list', 0)).rejects.toMatchObject({ code: 'SHARDMUX_QUEUE_FULL' });
  await few.rpush('list', 'a', 'b');
  expect((await Promise.all(waiting)).map((reply) => reply?.[1]).sort()).toEqual(['a', 'b']);
});

test('a client that ends lets go of what it waits for', async () => {
  const client = redis.duplicate();
  const popped = client.blpop('list', 0);
  await untilBlocked(1);
  client.disconnect();
  await expect(popped).rejects.toMatchObject({ code: 'SHARDMUX_CLIENT_CLOSED' });
  await untilBlocked(0);
  await redis.rpush('list', 'x');
  expect(await redis.lpop('list')).toBe('x');
});

test('another database is that of one client alone', async () => {
  const other = redis.duplicate();
  await redis.set('a', '0');
  expect(await Promise.all([other.select(3), other.get('a'), other.set('a', '3')])).toEqual([
    'OK',
    null,
    'OK',
  ]);
  expect(await Promise.all([redis.get('a'), other.get('a')])).toEqual(['0', '3']);
  expect(await Promise.all([other.select(0), other.get('a')])).toEqual(['OK', '0']);
});
