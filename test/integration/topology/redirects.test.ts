import type { NodeDescription } from '@shardmux/plugin-api';
import { connectRaw, freePort, type RawClient, type RedisServer, startRedis } from '@shardmux/testing';
import { createProxy, type ProxyService } from 'shardmux';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { LiveTopology } from '../../support/live-topology.js';

/** Of `{t}`. */
const SLOT = 15_891;
const LAST = 16_383;

/** Two members of a Redis Cluster, and what each is told of the other. */
let one: RedisServer;
let two: RedisServer;
let toOne: RawClient;
let toTwo: RawClient;
let topology: LiveTopology;
let proxy: ProxyService;
let client: RawClient;

const node = ({ endpoint }: RedisServer, name: string, first: number, last: number): NodeDescription => ({
  name,
  endpoint,
  weight: 1,
  slots: first > last ? [] : [{ first, last }],
});

/** As the members see it. */
const truth = () => [node(one, 'one', 0, 8_191), node(two, 'two', 8_192, LAST)];

beforeAll(async () => {
  [one, two] = await Promise.all([startRedis({ cluster: true }), startRedis({ cluster: true })]);
  [toOne, toTwo] = await Promise.all([
    connectRaw(one.endpoint, { strings: true }),
    connectRaw(two.endpoint, { strings: true }),
  ]);
  await toOne.command('CLUSTER', 'ADDSLOTSRANGE', 0, 8_191);
  await toTwo.command('CLUSTER', 'ADDSLOTSRANGE', 8_192, LAST);
  await toTwo.command('CLUSTER', 'SET-CONFIG-EPOCH', 2);
  await toOne.command('CLUSTER', 'MEET', two.host, two.port, await busPort(toTwo));
  for (const each of [toOne, toTwo]) {
    await vi.waitUntil(async () => /slots_ok:16384/.test(String(await each.command('CLUSTER', 'INFO'))), {
      timeout: 20_000,
    });
    await vi.waitUntil(async () => String(await each.command('CLUSTER', 'INFO')).includes('state:ok'), {
      timeout: 20_000,
    });
  }
});

async function busPort(to: RawClient): Promise<string> {
  return (/@(\d+)/.exec(String(await to.command('CLUSTER', 'NODES'))) as RegExpExecArray)[1];
}

beforeEach(async () => {
  await Promise.all([toOne.command('FLUSHALL'), toTwo.command('FLUSHALL')]);
  topology = new LiveTopology(truth());
  const port = await freePort();
  const yaml = `stats: { listen: null }\npools: { alpha: { listen: "127.0.0.1:${port}", hash: redis-cluster, hashTag: "{}", distribution: { use: slots, splitBy: slot }, topology: live } }`;
  proxy = createProxy({ yaml }, { plugins: [topology.plugin] });
  await proxy.start();
  client = await connectRaw({ kind: 'tcp', host: '127.0.0.1', port }, { strings: true });
  return async () => {
    await client.close();
    await proxy.stop();
  };
});

afterAll(async () => {
  await Promise.all([toOne?.close(), toTwo?.close()]);
  await Promise.all([one?.stop(), two?.stop()]);
});

/** All that the pool knows is wrong. */
const swap = () => topology.change([node(one, 'one', 8_192, LAST), node(two, 'two', 0, 8_191)]);

test('what a server says has moved is asked of the other, in the order of the commands', async () => {
  swap();
  const keys = Array.from({ length: 300 }, (_, i) => `key${i}`);
  const replies = await client.pipeline(
    keys.flatMap((key, i) => [
      ['SET', key, i],
      ['INCR', key],
      ['GET', key],
    ]),
  );
  expect(replies).toEqual(keys.flatMap((_, i) => ['OK', i + 1, String(i + 1)]));
  expect(topology.doubts).toBeGreaterThan(0);
});

test('so are fragments, runs and scripts', async () => {
  swap();
  const keys = Array.from({ length: 50 }, (_, i) => `key${i}`);
  expect(await client.command('MSET', ...keys.flatMap((key, i) => [key, i]))).toBe('OK');
  expect(await client.command('MGET', ...keys)).toEqual(keys.map((_, i) => String(i)));
  expect(await client.pipeline([['MULTI'], ['INCR', '{t}a'], ['INCR', '{t}a'], ['EXEC']])).toEqual([
    'OK',
    'QUEUED',
    'QUEUED',
    [1, 2],
  ]);
  expect(await client.command('EVAL', "return redis.call('incr', KEYS[1])", 1, '{t}a')).toBe(3);
});

/** Moves the slot from two to one, up to the point where `keys` are on the way. */
async function migrate(...keys: string[]): Promise<void> {
  const [idOne, idTwo] = [await toOne.command('CLUSTER', 'MYID'), await toTwo.command('CLUSTER', 'MYID')];
  await toOne.command('CLUSTER', 'SETSLOT', SLOT, 'IMPORTING', String(idTwo));
  await toTwo.command('CLUSTER', 'SETSLOT', SLOT, 'MIGRATING', String(idOne));
  if (keys.length > 0) await toTwo.command('MIGRATE', one.host, one.port, '', 0, 5_000, 'KEYS', ...keys);
}

async function settle(owner: RawClient): Promise<void> {
  const id = String(await owner.command('CLUSTER', 'MYID'));
  for (const each of [toOne, toTwo]) await each.command('CLUSTER', 'SETSLOT', SLOT, 'NODE', id);
}

test('a key that is watched where it is no more counts as changed, and nobody sees a redirect', async () => {
  const transaction = [['MULTI'], ['SET', '{t}', 'ours'], ['EXEC']];
  swap();
  expect(await client.command('WATCH', '{t}')).toBe('OK');
  expect(await client.pipeline(transaction)).toEqual(['OK', 'QUEUED', null]);
  topology.change(truth());
  expect(await client.command('WATCH', '{t}')).toBe('OK');
  await migrate();
  expect(await client.pipeline(transaction)).toEqual(['OK', 'QUEUED', null]);
  await settle(toTwo);
});

test('a key on the move is found where it is, in single commands, runs and scripts', async () => {
  await client.command('MSET', '{t}a', 'old', '{t}b', 'old');
  await migrate('{t}a');
  expect(
    await client.pipeline([
      ['GET', '{t}a'],
      ['SET', '{t}a', 'x'],
      ['APPEND', '{t}a', 'y'],
      ['GET', '{t}b'],
    ]),
  ).toEqual(['old', 'OK', 2, 'old']);
  expect(await client.pipeline([['MULTI'], ['APPEND', '{t}a', 'z'], ['GET', '{t}a'], ['EXEC']])).toEqual([
    'OK',
    'QUEUED',
    'QUEUED',
    [3, 'xyz'],
  ]);
  expect(await client.command('EVAL', "return redis.call('get', KEYS[1])", 1, '{t}a')).toBe('xyz');
  await toTwo.command('MIGRATE', one.host, one.port, '', 0, 5_000, 'KEYS', '{t}b');
  await settle(toTwo);
});

test('a command for keys that are half moved waits until they have arrived', async () => {
  await client.command('MSET', '{t}a', 1, '{t}b', 2);
  await migrate('{t}a');
  const reply = client.command('MGET', '{t}a', '{t}b');
  await vi.waitUntil(() => topology.doubts > 0, 10_000);
  await toTwo.command('MIGRATE', one.host, one.port, '', 0, 5_000, 'KEYS', '{t}b');
  await settle(toOne);
  expect(await reply).toEqual(['1', '2']);
  await settle(toTwo);
});
