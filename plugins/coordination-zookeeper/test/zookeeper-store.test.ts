import type { Plugin, SchemaResult } from '@shardmux/plugin-api';
import { freePort, handlesAtMost, startZooKeeper, ZooKeeperServer } from '@shardmux/testing';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { plugins, type ZooKeeperOptions, ZooKeeperStore } from '../src/index.js';

const silent = { away: () => {}, back: () => {} };

let zookeeper: ZooKeeperServer;
const stores: ZooKeeperStore[] = [];

beforeAll(async () => {
  zookeeper = await startZooKeeper();
});

afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.stop()));
});

afterAll(() => zookeeper.stop());

function started(options: Partial<ZooKeeperOptions> = {}, listener = silent): ZooKeeperStore {
  const { host, port } = zookeeper;
  const store = new ZooKeeperStore({ connect: [{ host, port }], prefix: '/test', ...options });
  stores.push(store);
  store.start(listener);
  return store;
}

const deadServer = async () => ({ host: '127.0.0.1', port: await freePort() });

test('goes to the next server where one is dead', async () => {
  const away = vi.fn();
  const { host, port } = zookeeper;
  const store = started(
    { connect: [await deadServer(), { host, port }, await deadServer()] },
    { ...silent, away },
  );
  const version = await store.compareAndSet('failover', null, 'value');
  expect(await store.get('failover')).toEqual({ value: 'value', version });
  expect(away).not.toHaveBeenCalled();
});

test('says of each server why it does not answer', async () => {
  const servers = [await deadServer(), await deadServer()];
  const away = vi.fn();
  const store = started({ connect: servers }, { ...silent, away });
  await expect(store.get('a')).rejects.toMatchObject({ code: 'SHARDMUX_COORDINATION_AWAY' });
  expect(away).toHaveBeenCalledOnce();
  const [{ message }] = away.mock.lastCall as [Error];
  expect(message).toMatch(/^ZooKeeper is away: 127.0.0.1:/);
  for (const { port } of servers) expect(message).toContain(`127.0.0.1:${port}: connect ECONNREFUSED`);
});

test('keys are children of one node, whatever slashes they have, beside what others have put there', async () => {
  await started({ prefix: '/far/below' }).compareAndSet('a', null, 'plain');
  await started({ prefix: '/far' }).compareAndSet('a/b%2F', null, 'value');
  const store = started({ prefix: '/far/' });
  const listed = await store.list('');
  expect([...listed.keys()]).toEqual(['a/b%2F']);
  expect(await started({ prefix: '/' }).get('far')).toBeNull();
});

test('what one user creates, another may not touch', async () => {
  const mine = started({ prefix: '/guarded', user: 'me', password: 'secret' });
  const version = await mine.compareAndSet('key', null, 'value');
  expect(await mine.get('key')).toEqual({ value: 'value', version });
  const stranger = started({ prefix: '/guarded', user: 'me', password: 'guess' });
  const refused = { code: 'SHARDMUX_COORDINATION_REFUSED', message: expect.not.stringContaining('guess') };
  await expect(stranger.get('key')).rejects.toMatchObject(refused);
  await expect(stranger.compareAndSet('key', version, 'other')).rejects.toMatchObject(refused);
});

test('a watch waits for the node above to be made', async () => {
  const store = started({ prefix: '/not/yet' });
  const seen: (string | undefined)[] = [];
  store.watch('key', async () => seen.push((await store.get('key').catch(() => null))?.value));
  await expect.poll(() => seen).toEqual([undefined]);
  await started({ prefix: '/not/yet' }).compareAndSet('key', null, 'value');
  await expect.poll(() => seen.at(-1)).toBe('value');
});

test('a holder that hangs has lost its lease when it comes to, and another may follow', async () => {
  const store = started();
  const lost = vi.fn();
  const lease = await store.lease(1_000, lost);
  await lease.put('leased', 'first');
  // Nothing runs in this process meanwhile.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
  expect(lease.isLive).toBe(false);
  await expect.poll(() => lost).toHaveBeenCalledOnce();
  const next = await store.lease(5_000, () => {});
  await next.put('leased', 'second');
  expect(await store.get('leased')).toMatchObject({ value: 'second' });
});

test('goes on when the servers have lost all that they had', async () => {
  const port = await freePort();
  const before = new ZooKeeperServer(port);
  const after = new ZooKeeperServer(port);
  onTestFinished(async () => {
    await Promise.all([before.stop(), after.stop()]);
  });
  await before.restart();
  const store = started({ connect: [before] });
  for (let i = 0; i < 20; i++) await store.compareAndSet(`key${i}`, null, 'value');
  await before.stop();
  await after.restart();
  await expect.poll(() => store.get('key0'), { timeout: 30_000, interval: 500 }).toBeNull();
  expect(await store.compareAndSet('key0', null, 'value')).not.toBeNull();
}, 90_000);

test('leaves no timer and no socket', async () => {
  const before = await handlesAtMost(0);
  const store = started();
  store.watch('nothing', () => {});
  const lease = await store.lease(5_000, () => {});
  await lease.put('leased', 'value');
  const unreachable = started({ connect: [await deadServer()] });
  unreachable.watch('nothing', () => {});
  await Promise.all([store.stop(), unreachable.stop()]);
  expect(await handlesAtMost(before)).toBeLessThanOrEqual(before);
});

const [coordination, topology]: readonly Plugin[] = plugins;

async function check(options: unknown, plugin = coordination): Promise<SchemaResult<unknown>> {
  return plugin.optionsSchema!['~standard'].validate(options);
}

test('is the coordination plugin "zookeeper"', async () => {
  expect(coordination).toMatchObject({ kind: 'coordination', name: 'zookeeper' });
  expect(await check({ connect: 'one, [::1]:2182' })).toEqual({
    value: {
      connect: [
        { host: 'one', port: 2181 },
        { host: '::1', port: 2182 },
      ],
      prefix: '/shardmux',
    },
  });
});

test.each([
  ['no servers', {}, ['connect'], /^must be servers/],
  ['an empty server', { connect: 'one,,two' }, ['connect'], /^must be servers/],
  ['port 65536', { connect: 'one:65536' }, ['connect'], /^must be servers/],
  ['a relative path', { connect: 'one', prefix: 'shardmux' }, ['prefix'], /^must be the path of a node/],
  ['dots', { connect: 'one', prefix: '/a/../b' }, ['prefix'], /^must be the path of a node/],
  ['another option', { connect: 'one', perfix: '/x' }, ['perfix'], /^must be left out/],
])('refuses %s', async (_, options, path, message) => {
  expect((await check(options)).issues).toMatchObject([{ path, message: expect.stringMatching(message) }]);
});

test('is the topology plugin "zookeeper"', async () => {
  expect(topology).toMatchObject({ kind: 'topology', name: 'zookeeper', paths: ['cache'] });
  expect(await check({ connect: 'a:1', path: '/shardmux/servers', cache: 'cache.json' }, topology)).toEqual({
    value: { connect: [{ host: 'a', port: 1 }], path: '/shardmux/servers', cache: 'cache.json' },
  });
  expect((await check({ connect: 'a:1', path: 'servers' }, topology)).issues).toMatchObject([
    { path: ['path'], message: expect.stringMatching(/^must be/) },
  ]);
});
