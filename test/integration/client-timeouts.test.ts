import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, startRelay, startScriptedNode } from '@shardmux/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ClientShards } from '../support/client.js';

let shards: ClientShards;
const cleanups: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  shards = await ClientShards.start(2);
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
  await shards.reset();
});

afterAll(() => shards.stop());

const timedOut = expect.objectContaining({ code: 'SHARDMUX_COMMAND_TIMEOUT' });

/** The result of a call and how long it took, in ms. */
async function timed<T>(call: Promise<T>): Promise<{ ms: number; error: unknown; value: unknown }> {
  const start = performance.now();
  const [result] = await Promise.allSettled([call]);
  const ms = performance.now() - start;
  return result.status === 'fulfilled'
    ? { ms, error: null, value: result.value }
    : { ms, error: result.reason, value: null };
}

async function nowhere() {
  return { host: '127.0.0.1', port: await freePort() };
}

describe('commandTimeout', () => {
  test('covers the time that a command waits for a server that is down', async () => {
    const redis = shards.client({ commandTimeout: 150, maxRetriesPerRequest: null }, {}, [await nowhere()]);
    const { ms, error } = await timed(redis.get('a'));
    expect(error).toEqual(timedOut);
    // It counts from the beginning of the turn in which it was called.
    expect(ms).toBeGreaterThan(75);
    expect(ms).toBeLessThan(2_000);
  });

  test('covers commands of every kind: split, batched, in a transaction, to all servers', async () => {
    const redis = shards.client({ commandTimeout: 150 });
    await redis.set('a', '1');
    for (const server of shards.servers) server.freeze();
    const pipeline = redis.pipeline().get('a').set('b', '1').exec();
    const calls: Promise<unknown>[] = [
      redis.get('a'),
      redis.mget('a', 'b', 'c', 'd'),
      redis.multi().get('a').exec(),
      redis.scanStream().toArray(),
    ];
    const results = await Promise.all(calls.map(timed));
    for (const server of shards.servers) server.thaw();
    expect(results.map(({ error }) => error)).toEqual([timedOut, timedOut, timedOut, timedOut]);
    expect(Math.max(...results.map(({ ms }) => ms))).toBeLessThan(2_000);
    expect(await pipeline).toEqual([
      [timedOut, undefined],
      [timedOut, undefined],
    ]);
  });

  test('a late reply goes to nobody: calls after it get their own', async () => {
    const redis = shards.client({ commandTimeout: 100 });
    const [key, other] = await shards.keyPerServer(redis);
    await redis.set(key, 'late').then(() => redis.set(other, 'other'));
    shards.servers[0].freeze();
    const late = await Promise.all(Array.from({ length: 50 }, () => timed(redis.get(key))));
    expect(late.map(({ error }) => error)).toEqual(Array(50).fill(timedOut));
    expect(await redis.get(other)).toBe('other');
    shards.servers[0].thaw();
    const values = Array.from({ length: 100 }, (_, i) => (i % 2 ? redis.get(key) : redis.echo(`own ${i}`)));
    expect(await Promise.all(values)).toEqual(
      Array.from({ length: 100 }, (_, i) => (i % 2 ? 'late' : `own ${i}`)),
    );
  });

  test('a late reply to a transaction goes to nobody either', async () => {
    const redis = shards.client({ commandTimeout: 100 });
    const [key] = await shards.keyPerServer(redis);
    shards.servers[0].freeze();
    const late = redis.multi().set(key, '1').incr(key).exec();
    await expect(late).rejects.toEqual(timedOut);
    shards.servers[0].thaw();
    expect(await redis.get(key)).toBe('2');
    expect(await redis.multi().incr(key).exec()).toEqual([[null, 3]]);
  });

  test('the pool has it where the client says nothing; 0 is for ever', async () => {
    const relay = await startRelay(shards.servers[0].endpoint);
    cleanups.push(() => relay.stop());
    relay.delay(150);
    const pool = shards.client({}, { timeout: 60 }, [relay]);
    await expect(pool.get('a')).rejects.toEqual(timedOut);
    const own = shards.client({ commandTimeout: 0 }, { timeout: 60 }, [relay]);
    expect(await own.get('a')).toBeNull();
  });

  test('names the command, and a duplicate may have a shorter one', async () => {
    const redis = shards.client({ commandTimeout: 10_000 });
    await redis.set('a', '1');
    const duplicate = redis.duplicate({ commandTimeout: 80 });
    for (const server of shards.servers) server.freeze();
    const { ms, error } = await timed(duplicate.hget('h', 'f'));
    for (const server of shards.servers) server.thaw();
    expect(error).toMatchObject({
      message: 'Command timed out',
      command: { name: 'hget', args: ['h', 'f'] },
    });
    expect(ms).toBeLessThan(2_000);
    await duplicate.quit();
  });
});

describe('AbortSignal', () => {
  test('that is aborted before: the call rejects, and is never sent', async () => {
    const redis = shards.client();
    const reason = new Error('enough');
    await expect(redis.with({ signal: AbortSignal.abort(reason) }).set('a', '1')).rejects.toBe(reason);
    expect(await redis.exists('a')).toBe(0);
    const called = new Promise((resolve) => {
      redis.with({ signal: AbortSignal.abort(reason) }).get('a', (error) => resolve(error));
    });
    expect(await called).toBe(reason);
  });

  test('that is aborted while the call waits: it is never sent', async () => {
    const port = await freePort();
    const redis = shards.client({ commandTimeout: 0, maxRetriesPerRequest: null }, {}, [
      { host: '127.0.0.1', port },
    ]);
    const controller = new AbortController();
    const waiting = redis.with({ signal: controller.signal }).set('a', '1');
    await sleep(30);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('that is aborted while the server works: the reply goes to nobody', async () => {
    const redis = shards.client();
    const [key] = await shards.keyPerServer(redis);
    await redis.set(key, 'value');
    shards.servers[0].freeze();
    const { error, ms } = await timed(redis.with({ signal: AbortSignal.timeout(50) }).get(key));
    expect(error).toMatchObject({ name: 'TimeoutError' });
    expect(ms).toBeLessThan(2_000);
    const after = redis.strlen(key);
    shards.servers[0].thaw();
    expect(await after).toBe(5);
  });

  test('that is shared by many calls ends them all, and keeps nothing of calls that are done', async () => {
    const redis = shards.client();
    const controller = new AbortController();
    const scope = redis.with({ signal: controller.signal });
    expect(await scope.set('a', '1')).toBe('OK');
    expect(await scope.incr('a')).toBe(2);
    for (const server of shards.servers) server.freeze();
    const calls = [scope.get('a'), scope.mget('a', 'b', 'c', 'd'), scope.call('get', 'a')];
    const reason = Object.freeze(new Error('enough'));
    controller.abort(reason);
    for (const server of shards.servers) server.thaw();
    for (const call of calls) await expect(call).rejects.toBe(reason);
    expect(await redis.get('a')).toBe('2');
  });
});

test('a server that closes while it should answer: every call settles, and none gets the reply of another', async () => {
  const node = await startScriptedNode(async (peer) => {
    for (let count = 0; count < 3; count++) {
      const [, key] = await peer.command();
      peer.send(`+${key}\r\n`);
    }
    peer.send('+half');
    peer.end();
  });
  cleanups.push(() => node.stop());
  const redis = shards.client({ commandTimeout: 2_000 }, {}, [node]);
  const calls = await Promise.all(Array.from({ length: 60 }, (_, i) => timed(redis.get(`key${i}`))));
  const wrong = calls.filter(({ error, value }, i) => error === null && value !== `key${i}`);
  expect(wrong).toEqual([]);
  expect(calls.some(({ error }) => error === null)).toBe(true);
  const codes = new Set(
    calls.flatMap(({ error }) => (error === null ? [] : [(error as { code: string }).code])),
  );
  expect([...codes]).toEqual(['SHARDMUX_CONNECTION_LOST']);
});

test('a server that talks out of turn is cut off, and no call gets what it said', async () => {
  const node = await startScriptedNode(async (peer) => {
    const [, key] = await peer.command();
    peer.send(`+${key}\r\n+stray\r\n`);
    const [, next] = await peer.command();
    peer.send(`+${next}\r\n`);
  });
  cleanups.push(() => node.stop());
  const redis = shards.client({ commandTimeout: 500 }, {}, [node]);
  expect(await redis.get('first')).toBe('first');
  const next = await timed(redis.get('second'));
  expect(next.value === 'second' || next.error !== null).toBe(true);
  expect(await redis.get('third')).toBe('third');
});
