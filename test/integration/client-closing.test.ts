import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ClientShards } from '../support/client.js';
import { runProgram } from '../support/program.js';

let shards: ClientShards;

beforeAll(async () => {
  shards = await ClientShards.start(2);
});

afterEach(() => shards.reset());

afterAll(() => shards.stop());

const closed = expect.objectContaining({ code: 'SHARDMUX_CLIENT_CLOSED' });

describe.each(['quit', 'disconnect'] as const)('after %s', (way) => {
  test('every kind of call rejects at once', async () => {
    const redis = shards.client();
    await redis.set('a', '1');
    redis.defineCommand('mine', { lua: 'return 1', numberOfKeys: 0 });
    await redis[way]();
    expect(redis.status).toBe('end');
    await expect(redis.get('a')).rejects.toEqual(closed);
    await expect(redis.mget('a', 'b')).rejects.toEqual(closed);
    await expect(redis.call('get', 'a')).rejects.toEqual(closed);
    await expect(redis.call('mine')).rejects.toEqual(closed);
    await expect(redis.multi().get('a').exec()).rejects.toEqual(closed);
    await expect(redis.connect()).rejects.toEqual(closed);
    expect(await redis.pipeline().get('a').get('b').exec()).toEqual([
      [closed, undefined],
      [closed, undefined],
    ]);
    await expect(redis.scanStream().toArray()).rejects.toEqual(closed);
  });

  test('a duplicate made too late is closed from the start', async () => {
    const redis = shards.client();
    await redis.set('a', '1');
    await redis[way]();
    await expect(redis.duplicate().get('a')).rejects.toEqual(closed);
    await expect(redis.duplicate({ lazyConnect: true }).get('a')).rejects.toEqual(closed);
  });

  test.each([
    ['after a command', 'await redis.set("a", "1");'],
    ['at once', ''],
    ['when it is ready', 'await new Promise((resolve) => redis.once("ready", resolve));'],
  ])('a process whose client is closed %s ends by itself', async (_when, before) => {
    const program = `
      import { createClient } from 'shardmux';
      const redis = createClient(JSON.parse(process.argv[1]));
      ${before}
      await redis.${way}();
      console.log('closed');
    `;
    expect(await runProgram(program, shards.config)).toEqual({
      code: 0,
      signal: null,
      stdout: 'closed\n',
      stderr: '',
    });
  });
});

test('quit answers what is under way; calls made after it are rejected', async () => {
  const redis = shards.client();
  const before = Array.from({ length: 100 }, (_, i) => redis.incr(`key${i % 10}`));
  const quitting = redis.quit();
  const late = redis.get('key1');
  await expect(late).rejects.toEqual(closed);
  expect(await quitting).toBe('OK');
  expect((await Promise.all(before)).filter((value) => value === 10)).toHaveLength(10);
});

test('quit ends under load that never stops', async () => {
  const redis = shards.client();
  let calls = 0;
  const caller = async () => {
    for (;;) {
      await redis.incr('a');
      calls++;
    }
  };
  const callers = Promise.allSettled([caller(), caller()]);
  await expect.poll(() => calls).toBeGreaterThan(10);
  expect(await redis.quit()).toBe('OK');
  expect((await callers).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('a client that was cut off cannot quit any more', async () => {
  const redis = shards.client();
  redis.disconnect();
  await expect(redis.quit()).rejects.toEqual(closed);
});

test('quitting twice resolves both, as does the end of an "await using" block', async () => {
  const redis = shards.client();
  const call = redis.set('a', '1');
  const quits = [redis.quit(), redis.quit()];
  await redis[Symbol.asyncDispose]();
  expect(await Promise.all(quits)).toEqual(['OK', 'OK']);
  expect(await call).toBe('OK');
});

test('disconnect rejects each call under way with an error of its own', async () => {
  const redis = shards.client();
  await redis.set('a', '1');
  const calls = Promise.allSettled([redis.get('a'), redis.set('b', '2'), redis.mget('a', 'b')]);
  redis.disconnect();
  const reasons = (await calls).map((call) => (call.status === 'rejected' ? call.reason : null));
  expect(reasons).toEqual([closed, closed, closed]);
  expect(reasons.map(({ command }) => command.name)).toEqual(['get', 'set', 'mget']);
});

test('the end of an "await using" block waits for what is under way', async () => {
  const program = `
    import { createClient } from 'shardmux';
    const log = [];
    {
      const redis = createClient(JSON.parse(process.argv[1]));
      redis.set('a', 'disposed').then((reply) => log.push(reply));
      await redis[Symbol.asyncDispose]();
      log.push(redis.status);
    }
    console.log(log.join(' '));
  `;
  const { code, stdout } = await runProgram(program, shards.config);
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'OK end\n' });
});

test('disconnecting while it connects ends it for good', async () => {
  const redis = shards.client();
  const connecting = redis.get('a');
  redis.disconnect();
  await expect(connecting).rejects.toEqual(closed);
  await sleep(50);
  expect(redis.status).toBe('end');
  for (const list of await shards.askAll('CLIENT', 'LIST')) {
    expect((list as string).trim().split('\n')).toHaveLength(1);
  }
});

test('a lazy client that is closed before it connected never connects', async () => {
  const redis = shards.client({ lazyConnect: true });
  expect(redis.status).toBe('wait');
  expect(await redis.quit()).toBe('OK');
  await expect(redis.get('a')).rejects.toEqual(closed);
  await expect(redis.scanStream().toArray()).rejects.toEqual(closed);
  expect(redis.status).toBe('end');
});
