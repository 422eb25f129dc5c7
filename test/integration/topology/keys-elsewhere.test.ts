import type { NodeDescription } from '@shardmux/plugin-api';
import { connectRaw, freePort, type RawClient, type RedisServer, startRedis } from '@shardmux/testing';
import { createProxy, type ProxyService } from 'shardmux';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { LiveTopology } from '../../support/live-topology.js';

let one: RedisServer;
let two: RedisServer;
let topology: LiveTopology;
let proxy: ProxyService;
let client: RawClient;
let other: RawClient;
/** One that two has as soon as it is there. */
let key: string;

const node = ({ endpoint }: RedisServer, name: string): NodeDescription => ({ name, endpoint, weight: 1 });
const alone = () => [node(one, 'one')];
const both = () => [node(one, 'one'), node(two, 'two')];

beforeAll(async () => {
  [one, two] = await Promise.all([startRedis(), startRedis()]);
});

afterAll(() => Promise.all([one.stop(), two.stop()]));

beforeEach(async () => {
  topology = new LiveTopology(both());
  const port = await freePort();
  const yaml = `stats: { listen: null }\npools: { alpha: { listen: "127.0.0.1:${port}", topology: live } }`;
  proxy = createProxy({ yaml }, { plugins: [topology.plugin] });
  await proxy.start();
  const endpoint = { kind: 'tcp', host: '127.0.0.1', port } as const;
  client = await connectRaw(endpoint, { strings: true });
  other = await connectRaw(endpoint, { strings: true });
  key = await keyOfTwo();
  topology.change(alone());
  return async () => {
    await Promise.all([client.close(), other.close()]);
    await proxy.stop();
  };
});

async function keyOfTwo(): Promise<string> {
  await other.command('FLUSHALL');
  const keys = Array.from({ length: 50 }, (_, i) => `key${i}`);
  await other.pipeline(keys.map((each) => ['SET', each, '']));
  const toTwo = await connectRaw(two.endpoint, { strings: true });
  const [first] = (await toTwo.command('KEYS', '*')) as string[];
  await toTwo.close();
  await other.command('FLUSHALL');
  return first;
}

test('who waits for a key goes where it is when a server comes, though the one before stays', async () => {
  const waiting = client.command('BLPOP', key, '0');
  await vi.waitFor(async () => expect(await other.command('INFO', 'clients')).toMatch(/blocked_clients:1/));
  topology.change(both());
  expect(await other.command('RPUSH', key, 'value')).toBe(1);
  expect(await waiting).toEqual([key, 'value']);
});

test('a key that is watched and has another server by now counts as changed', async () => {
  expect(await client.command('WATCH', key)).toBe('OK');
  topology.change(both());
  await other.command('SET', key, 'theirs');
  const transaction = [['MULTI'], ['GETSET', key, 'ours'], ['EXEC']];
  expect(await client.pipeline(transaction)).toEqual(['OK', 'QUEUED', null]);
  expect(await client.command('WATCH', key)).toBe('OK');
  expect(await client.pipeline(transaction)).toEqual(['OK', 'QUEUED', ['theirs']]);
});
