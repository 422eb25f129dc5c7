import { ServerField } from '@shardmux/core';
import type { Endpoint } from '@shardmux/plugin-api';
import { connectRaw, freePort, type RawClient, type RedisServer, startRedis } from '@shardmux/testing';
import { createProxy, type ProxyService } from 'shardmux';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LiveTopology } from '../../support/live-topology.js';

/** A shard that is on one server first, and then on another. */
let first: RedisServer;
let second: RedisServer;
let topology: LiveTopology;
let endpoint: Extract<Endpoint, { kind: 'tcp' }>;
let proxy: ProxyService;
let client: RawClient;

const shard = ({ endpoint }: RedisServer) => [{ name: 'shard', endpoint, weight: 1 }];

beforeEach(async () => {
  [first, second] = await Promise.all([startRedis(), startRedis()]);
  topology = new LiveTopology(shard(first));
  endpoint = { kind: 'tcp', host: '127.0.0.1', port: await freePort() };
  const yaml = `stats: { listen: null }\npools: { alpha: { listen: "127.0.0.1:${endpoint.port}", topology: live, timeout: 5000 } }`;
  proxy = createProxy({ yaml }, { plugins: [topology.plugin] });
  await proxy.start();
  client = await connectRaw(endpoint, { strings: true });
});

afterEach(async () => {
  await client?.close();
  await proxy?.stop();
  await Promise.all([first?.stop(), second?.stop()]);
});

test('what waits for a server that is gone goes to the one that takes its place', async () => {
  await client.command('SET', 'key', 'first');
  await first.kill();
  const replies = client.pipeline([
    ['SET', 'key', 1],
    ['INCR', 'key'],
    ['MULTI'],
    ['INCR', 'key'],
    ['EXEC'],
    ['DBSIZE'],
  ]);
  // The proxy has tried and failed by the time that it is in doubt.
  await expect.poll(() => topology.doubts).toBeGreaterThan(0);
  topology.change(shard(second));
  expect(await replies).toEqual(['OK', 2, 'OK', 'QUEUED', [3], 1]);
});

test('what a server has got is its own to answer, though another takes its place', async () => {
  await client.command('SET', 'key', 'first');
  const slow = client.command('EVAL', "for i = 1, 3e6 do end return redis.call('get', KEYS[1])", 1, 'key');
  await client.command('PING').catch(() => null);
  topology.change(shard(second));
  const after = client.command('GET', 'key');
  expect(await slow).toBe('first');
  expect(await after).toBeNull();
});

test('of what a server took with it, reads are asked anew, and whoever wrote is told', async () => {
  await client.command('SET', 'key', 'first');
  first.freeze();
  const writer = await connectRaw(endpoint, { strings: true });
  const written = writer.command('INCR', 'other');
  const read = client.command('GET', 'key');
  const unanswered = async () => (await proxy.snapshot())[0].servers[0].values[ServerField.outQueue];
  await expect.poll(unanswered).toBe(2);
  await first.kill();
  await expect.poll(() => topology.doubts).toBeGreaterThan(0);
  topology.change(shard(second));
  expect(await read).toBeNull();
  expect(String(await written)).toContain('the outcome is unknown');
  await writer.close();
});

test.each(['alive', 'dead'] as const)(
  'whoever blocks on a server that is %s goes on waiting at the next',
  async (state) => {
    const waiting = client.command('BLPOP', 'list', 10);
    const direct = await connectRaw(first.endpoint, { strings: true });
    await vi.waitUntil(
      async () => String(await direct.command('INFO', 'clients')).includes('blocked_clients:1'),
      10_000,
    );
    await direct.close();
    if (state === 'dead') await first.kill();
    topology.change(shard(second));
    const pusher = await connectRaw(endpoint, { strings: true });
    // Whoever waits no longer takes it where it was pushed.
    expect(await pusher.command('RPUSH', 'list', 'element')).toBe(1);
    expect(await waiting).toEqual(['list', 'element']);
    await pusher.close();
  },
);

test('a server that hangs when another takes its place does not hold its clients up', async () => {
  await client.command('SET', 'key', 'first');
  first.freeze();
  const unanswered = async () => (await proxy.snapshot())[0].servers[0].values[ServerField.outQueue];
  const written = client.command('INCR', 'other');
  await expect.poll(unanswered).toBe(1);
  topology.change(shard(second));
  // Long before the timeout of 5 s.
  expect(String(await written)).toContain('the outcome is unknown');
  expect(await client.command('SET', 'key', 'second')).toBe('OK');
});

test('a server that is replaced by plan is waited for, however long it takes', async () => {
  await client.command('SET', 'key', 'first');
  first.freeze();
  const unanswered = async () => (await proxy.snapshot())[0].servers[0].values[ServerField.outQueue];
  const written = client.command('INCR', 'other');
  await expect.poll(unanswered).toBe(1);
  topology.change(shard(second).map((node) => ({ ...node, isPlanned: true })));
  // Longer than one that is replaced by no plan is given.
  setTimeout(() => first.thaw(), 1_000);
  expect(await written).toBe(1);
  expect(await client.command('SET', 'key', 'second')).toBe('OK');
});
