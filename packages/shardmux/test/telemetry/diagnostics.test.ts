import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  type ConnectMessage,
  Engine,
  type FailoverMessage,
  type OperationMessage,
  Pool,
  type TopologyMessage,
} from '@shardmux/core';
import type { PoolObserver } from '@shardmux/plugin-api';
import { connectRaw } from '@shardmux/testing';
import { afterEach, expect, test, vi } from 'vitest';
import { poolOptions } from '../../src/assemble/pool-options.js';
import { resolvePool } from '../../src/assemble/resolve-pool.js';
import { createClient } from '../../src/client/create-client.js';
import { ObservedProxy } from '../support/observed-proxy.js';
import { read } from '../support/read-config.js';

const KEYS = Array.from({ length: 20 }, (_, i) => `key${i}`);
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const undo: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

/** What comes on a channel from now on. */
function hear<Message>(channel: string): Message[] {
  const messages: Message[] = [];
  const listen = (message: unknown) => messages.push(message as Message);
  subscribe(channel, listen);
  undo.push(() => {
    unsubscribe(channel, listen);
  });
  return messages;
}

async function start(pool = ''): Promise<ObservedProxy> {
  const proxy = await ObservedProxy.start(() => '{}', pool);
  undo.push(() => proxy.stop());
  return proxy;
}

test('a command tells how it went, when it is over', async () => {
  const messages = hear<OperationMessage>('shardmux:command');
  const proxy = await start();
  const client = await connectRaw(proxy.endpoint);
  const before = Date.now();
  await client.command('LPUSH', 'list', 'x');
  await client.command('GET', 'list');
  await client.close();
  expect(messages).toEqual([
    {
      pool: 'alpha',
      kind: 'command',
      name: 'lpush',
      size: 1,
      startedAt: expect.any(Number),
      duration: expect.any(Number),
      node: expect.objectContaining({ name: expect.stringMatching(/^(one|two)$/) }),
      failure: null,
      errorCode: null,
    },
    expect.objectContaining({ name: 'get', errorCode: 'WRONGTYPE', failure: null }),
  ]);
  for (const { startedAt, duration } of messages) {
    expect(startedAt).toBeGreaterThanOrEqual(before);
    expect(startedAt).toBeLessThanOrEqual(Date.now());
    expect(duration).toBeGreaterThan(0);
    expect(duration).toBeLessThan(10_000);
  }
});

test('a split command tells of its fragments, and then of itself', async () => {
  const messages = hear<OperationMessage>('shardmux:command');
  const proxy = await start();
  const client = await connectRaw(proxy.endpoint);
  await client.command('MGET', ...KEYS);
  await client.close();
  const [first, second, whole] = messages;
  expect([first.kind, second.kind, whole.kind]).toEqual(['fragment', 'fragment', 'command']);
  expect([first.node?.name, second.node?.name].toSorted()).toEqual(['one', 'two']);
  expect(first.size + second.size).toBe(KEYS.length);
  expect(whole).toMatchObject({ name: 'mget', size: KEYS.length, node: null });
});

test('a batch of a client tells of its commands, and then of itself', async () => {
  const [commands, batches] = [
    hear<OperationMessage>('shardmux:command'),
    hear<OperationMessage>('shardmux:batch'),
  ];
  const proxy = await start();
  const servers = proxy.servers.map(({ host, port }) => `${host}:${port}:1`);
  const client = createClient({ pools: { beta: { servers, hash: 'murmur' } } });
  undo.push(() => client.disconnect());
  await client.pipeline().set('a', '1').get('a').exec();
  expect(commands.map(({ name }) => name).toSorted()).toEqual(['get', 'set']);
  expect(batches).toEqual([
    expect.objectContaining({ pool: 'beta', kind: 'batch', name: 'pipeline', size: 2 }),
  ]);
});

test('the servers there are, connections and verdicts are told', async () => {
  const topologies = hear<TopologyMessage>('shardmux:topology');
  const connections = hear<ConnectMessage>('shardmux:connect');
  const failovers = hear<FailoverMessage>('shardmux:failover');
  const proxy = await start('failover: { use: auto-eject, failureLimit: 1, retryTimeout: 100 }');
  const [{ pool, epoch, nodes }] = topologies;
  expect([pool, typeof epoch, nodes.map(({ name }) => name)]).toEqual(['alpha', 'number', ['one', 'two']]);

  const client = await connectRaw(proxy.endpoint);
  await client.command('MGET', ...KEYS);
  const made = { pool: 'alpha', duration: expect.any(Number), failure: null, wasOpen: true, error: null };
  expect(connections).toEqual([expect.objectContaining(made), expect.objectContaining(made)]);
  expect(connections.map(({ node }) => node.name).toSorted()).toEqual(['one', 'two']);

  connections.length = 0;
  await proxy.servers[0].kill();
  await vi.waitUntil(() => failovers.length > 0, 10_000);
  expect(connections[0]).toMatchObject({ pool: 'alpha', duration: null, failure: 'closed', wasOpen: true });
  expect(failovers[0]).toMatchObject({ pool: 'alpha', node: { name: 'one' }, probeAfter: 100 });
  await proxy.servers[0].restart();
  await vi.waitUntil(() => failovers.length > 1, { timeout: 5_000 });
  expect(failovers[1]).toMatchObject({ pool: 'alpha', node: { name: 'one' }, probeAfter: null });
  await client.close();
});

test('while nobody asks for operations, there is nothing that watches them', () => {
  const [config] = read('pools: { a: { listen: "127.0.0.1:1", servers: ["127.0.0.1:2:1"] } }').pools;
  const create = (observe: () => PoolObserver) =>
    new Pool(new Engine(), {
      ...poolOptions(resolvePool(config), silent),
      offline: null,
      reopens: false,
      preconnect: false,
      observe: [observe],
    });
  const ignore = () => {};
  const observer = {
    operations: null,
    connected: ignore,
    disconnected: ignore,
    topologyChanged: ignore,
    failover: ignore,
  };
  const pool = create(() => observer);
  expect([pool.watch, pool.operations]).toEqual([null, null]);
  const watched = create(() => ({ ...observer, operations: { started: () => null, ended: ignore } }));
  expect([watched.watch === null, watched.operations === null]).toEqual([false, false]);
  for (const channel of ['shardmux:command', 'shardmux:batch']) {
    hear(channel);
    expect([pool.watch === null, pool.operations === null]).toEqual([false, false]);
    undo.pop()?.();
    expect([pool.watch, pool.operations]).toEqual([null, null]);
  }
});
