import { freePort, RedisServer, type Relay, startRelay, startScriptedNode } from '@shardmux/testing';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
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

const QUICK = { retryStrategy: () => 20, commandTimeout: 0 };

async function relayTo(index: number): Promise<Relay> {
  const relay = await startRelay(shards.servers[index].endpoint);
  cleanups.push(() => relay.stop());
  return relay;
}

/** A port where nobody listens yet, and what starts a server there. */
async function laterServer(): Promise<RedisServer> {
  const server = new RedisServer('127.0.0.1', await freePort(), {});
  cleanups.push(() => server.stop());
  return server;
}

test('a command waits through so many attempts to connect, then says that the server cannot be reached', async () => {
  const attempts: number[] = [];
  const retryStrategy = (times: number) => {
    attempts.push(times);
    return 10;
  };
  const options = { ...QUICK, maxRetriesPerRequest: 3, retryStrategy };
  const redis = shards.client(options, {}, [await laterServer()]);
  await expect(redis.get('a')).rejects.toMatchObject({
    name: 'MaxRetriesPerRequestError',
    code: 'SHARDMUX_UNREACHABLE',
    message: expect.stringContaining('which is 3'),
    command: { name: 'get', args: ['a'] },
  });
  expect(attempts.length).toBeGreaterThanOrEqual(3);
  expect(attempts.length).toBeLessThanOrEqual(5);
});

test('maxRetriesPerRequest null: commands of every kind wait until the server is there', async () => {
  const server = await laterServer();
  const redis = shards.client({ ...QUICK, maxRetriesPerRequest: null }, {}, [server, shards.servers[0]]);
  await redis.connect().catch(() => {});
  const names = Array.from({ length: 50 }, (_, i) => `key${i}`);
  const calls = Promise.all([
    ...names.map((name) => redis.incr(name)),
    redis.mset(names.flatMap((name) => [`${name}!`, name])),
    redis.pipeline(names.map((name) => ['get', `${name}!`])).exec(),
    redis.multi().incr('{a}1').incr('{a}1').exec(),
    redis.scanStream({ match: 'none' }).forEach(() => {}),
  ]);
  await expect.poll(() => redis.status).toBe('ready');
  await server.restart();
  const replies = await calls;
  expect(replies.slice(0, 50)).toEqual(Array(50).fill(1));
  expect(replies.slice(50)).toEqual([
    'OK',
    names.map((name) => [null, name]),
    [
      [null, 1],
      [null, 2],
    ],
    undefined,
  ]);
});

test('without an offline queue a command for a server that is down rejects at once', async () => {
  const redis = shards.client({ ...QUICK, enableOfflineQueue: false, retryStrategy: () => 5_000 }, {}, [
    await laterServer(),
  ]);
  await new Promise((resolve) => redis.once('error', resolve));
  const start = performance.now();
  await expect(redis.get('a')).rejects.toMatchObject({ code: 'SHARDMUX_UNREACHABLE' });
  await expect(redis.multi().get('a').exec()).rejects.toMatchObject({ code: 'SHARDMUX_UNREACHABLE' });
  expect(performance.now() - start).toBeLessThan(1_000);
});

test('a command that was sent when the connection was lost may have run: it rejects, and is not sent again', async () => {
  const relay = await relayTo(0);
  const redis = shards.client({ ...QUICK, maxRetriesPerRequest: null }, {}, [relay]);
  await redis.set('counter', '0');
  relay.delay(60_000);
  const sent = redis.incr('counter');
  const bytes = relay.bytesToServer;
  await expect.poll(() => relay.bytesToServer).toBeGreaterThan(bytes);
  relay.cut('reset');
  await expect(sent).rejects.toMatchObject({
    code: 'SHARDMUX_CONNECTION_LOST',
    message: expect.stringMatching(/unknown/),
    command: { name: 'incr', args: ['counter'] },
  });
  await relay.resume();
  expect(Number(await redis.get('counter'))).toBeLessThanOrEqual(1);
});

test.each([1, 20, 500, 5_000])(
  'links cut over and over, %i calls at once: no INCR runs twice',
  async (calls) => {
    const relays = [await relayTo(0), await relayTo(1)];
    const redis = shards.client({ ...QUICK, maxRetriesPerRequest: null }, {}, relays);
    let acknowledged = 0;
    let unknown = 0;
    let rounds = 0;
    const chaos = setInterval(() => relays[rounds % 2].cut(rounds % 3 ? 'reset' : 'end'), 7);
    while (rounds++ < 30) {
      const results = await Promise.allSettled(
        Array.from({ length: calls }, (_, i) => redis.incr(`counter${i % 20}`)),
      );
      for (const result of results) {
        if (result.status === 'fulfilled') acknowledged++;
        else if (result.reason.code === 'SHARDMUX_CONNECTION_LOST') unknown++;
        else throw result.reason;
      }
      if (rounds * calls > 60_000) break;
    }
    clearInterval(chaos);
    const counters = Array.from({ length: 20 }, (_, i) => `counter${i}`);
    // The last cut may still be on its way.
    const values = await redis.mget(counters).catch(() => redis.mget(counters));
    const total = values.reduce((sum, value) => sum + Number(value), 0);
    expect(total).toBeGreaterThanOrEqual(acknowledged);
    expect(total).toBeLessThanOrEqual(acknowledged + unknown);
    expect(acknowledged).toBeGreaterThan(0);
  },
);

test('a read that was sent is sent again where the pool says so, a write is not', async () => {
  const node = await startScriptedNode(async (peer) => {
    for (;;) {
      const [name, key] = await peer.command();
      if (peer.index === 0) peer.reset();
      else peer.send(`+${name} ${key}\r\n`);
    }
  });
  cleanups.push(() => node.stop());
  const redis = shards.client(QUICK, { retry: 'idempotent' }, [node]);
  expect(await redis.get('a')).toBe('get a');
  const other = shards.client(QUICK, {}, [node]);
  await other.connect().catch(() => {});
  node.peers.at(-1)!.reset();
  expect(await other.set('b', '1')).toBe('set b');
});
