import type { Plugin, SchemaResult } from '@shardmux/plugin-api';
import {
  type EtcdServer,
  freePort,
  handlesAtMost,
  type Relay,
  startEtcd,
  startRelay,
} from '@shardmux/testing';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type EtcdOptions, EtcdStore, plugins } from '../src/index.js';

const silent = { away: () => {}, back: () => {} };

let etcd: EtcdServer;
let relay: Relay;
const stores: EtcdStore[] = [];

beforeAll(async () => {
  etcd = await startEtcd();
  relay = await startRelay(etcd.endpoint);
});

afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.stop()));
});

afterAll(async () => {
  await relay.stop();
  await etcd.stop();
});

function started(options: Partial<EtcdOptions> = {}, listener = silent): EtcdStore {
  const store = new EtcdStore({ endpoints: [etcd.url], prefix: 'test/', ...options });
  stores.push(store);
  store.start(listener);
  return store;
}

const relayed = () => ({ endpoints: [`http://${relay.host}:${relay.port}`] });

test('goes to the next server where one is dead, for reads and writes', async () => {
  const dead = `http://127.0.0.1:${await freePort()}`;
  const away = vi.fn();
  const store = started({ endpoints: [dead, etcd.url] }, { ...silent, away });
  const version = await store.compareAndSet('failover', null, 'value');
  expect(await store.get('failover')).toEqual({ value: 'value', version });
  expect(away).not.toHaveBeenCalled();
});

test('says of each server why it does not answer', async () => {
  const ports = [await freePort(), await freePort()];
  const away = vi.fn();
  const endpoints = ports.map((port) => `http://127.0.0.1:${port}`);
  const store = started({ endpoints }, { ...silent, away });
  const [first, second] = endpoints.map((url) => `${url}: connect ECONNREFUSED 127[.0-9:]+`);
  const message = new RegExp(`^etcd is away: ${first}, ${second}$`);
  await expect(store.get('a')).rejects.toMatchObject({ message: expect.stringMatching(message) });
  await expect(store.get('a')).rejects.toMatchObject({ code: 'SHARDMUX_COORDINATION_AWAY' });
  expect(away).toHaveBeenCalledOnce();
});

test('keys lie where its prefix says, as others see them', async () => {
  await started({ prefix: 'place/' }).compareAndSet('a/b', null, 'välue');
  const key = Buffer.from('place/a/b').toString('base64');
  const value = Buffer.from('välue').toString('base64');
  expect(await etcd.call('kv/range', { key })).toMatchObject({ kvs: [{ key, value }] });
  const everywhere = await started({ prefix: '' }).list('');
  expect(everywhere.get('place/a/b')).toMatchObject({ value: 'välue' });
});

test('a watch that was cut off goes on after a compaction', async () => {
  const store = started(relayed());
  const beside = started();
  let version = await beside.compareAndSet('compacted', null, '0');
  const seen: (string | undefined)[] = [];
  store.watch('compacted', async () => seen.push((await store.get('compacted').catch(() => null))?.value));
  await expect.poll(() => seen).toContain('0');
  relay.blackhole();
  for (const value of ['1', '2', '3']) version = await beside.compareAndSet('compacted', version!, value);
  await etcd.call('kv/compaction', { revision: version });
  await relay.resume();
  await vi.waitFor(() => expect(seen.at(-1)).toBe('3'), { timeout: 5_000 });
});

test('logs in, again where the server knows it no longer, and says when it may not', async () => {
  const own = await startEtcd();
  try {
    await own.call('auth/user/add', { name: 'root', password: 'secret' });
    await own.call('auth/user/grant', { user: 'root', role: 'root' });
    await own.call('auth/enable', {});
    const endpoints = [own.url];
    const store = started({ endpoints, user: 'root', password: 'secret' });
    await store.compareAndSet('mine', null, 'value');
    await own.restart();
    expect(await store.get('mine')).toMatchObject({ value: 'value' });
    const stranger = started({ endpoints, user: 'root', password: 'guess' });
    const refused = { code: 'SHARDMUX_COORDINATION_REFUSED', message: expect.not.stringContaining('guess') };
    await expect(stranger.get('mine')).rejects.toMatchObject(refused);
    await expect(started({ endpoints }).get('mine')).rejects.toMatchObject(refused);
  } finally {
    await own.stop();
  }
});

test('leaves no timer and no socket', async () => {
  const before = await handlesAtMost(0);
  const store = started();
  store.watch('nothing', () => {});
  const lease = await store.lease(5_000, () => {});
  await lease.put('leased', 'value');
  await store.stop();
  expect(await handlesAtMost(before)).toBeLessThanOrEqual(before);
});

const [coordination, topology]: readonly Plugin[] = plugins;

async function check(options: unknown, plugin = coordination): Promise<SchemaResult<unknown>> {
  return plugin.optionsSchema!['~standard'].validate(options);
}

test('is the coordination plugin "etcd"', async () => {
  expect(coordination).toMatchObject({ kind: 'coordination', name: 'etcd' });
  expect(await check({ endpoints: ['127.0.0.1:2379', 'https://etcd.example/'] })).toEqual({
    value: { endpoints: ['http://127.0.0.1:2379', 'https://etcd.example'], prefix: 'shardmux/' },
  });
});

test.each([
  ['no endpoints', {}, ['endpoints'], /^must be a list of at least one server/],
  ['an empty list', { endpoints: [] }, ['endpoints'], /^must be a list of at least one server/],
  ['another protocol', { endpoints: ['redis://a'] }, ['endpoints', 0], /^must be the URL of a server/],
  ['a number', { endpoints: [2379] }, ['endpoints', 0], /^must be the URL of a server/],
  ['another option', { endpoints: ['a:1'], perfix: 'x' }, ['perfix'], /^must be left out/],
])('refuses %s', async (_, options, path, message) => {
  expect((await check(options)).issues).toMatchObject([{ path, message: expect.stringMatching(message) }]);
});

test('is the topology plugin "etcd"', async () => {
  expect(topology).toMatchObject({ kind: 'topology', name: 'etcd', paths: ['cache'] });
  expect(await check({ endpoints: ['http://a:1'], key: '/servers', cache: 'cache.json' }, topology)).toEqual({
    value: { endpoints: ['http://a:1'], key: '/servers', cache: 'cache.json' },
  });
  expect((await check({ endpoints: ['http://a:1'] }, topology)).issues).toMatchObject([
    { path: ['key'], message: expect.stringMatching(/^must be/) },
  ]);
});
