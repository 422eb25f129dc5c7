import {
  API_VERSION,
  definePlugin,
  type NodeDescription,
  type Plugin,
  type PluginKind,
  type PluginKinds,
  type TopologySource,
} from '@shardmux/plugin-api';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ClientShards } from '../support/client.js';
import { runProgram } from '../support/program.js';

/*
 * What an application hears of a plugin that breaks its promise, and that it stops cleanly all the same. What shows
 * before anything is started is in packages/shardmux/test/assemble.
 */

let shards: ClientShards;

beforeAll(async () => {
  shards = await ClientShards.start(2);
});

afterEach(() => shards.reset());

afterAll(() => shards.stop());

function broken<Kind extends PluginKind>(kind: Kind, part: object): Plugin[] {
  const create = () => part as PluginKinds[Kind];
  return [definePlugin({ kind, name: 'broken', apiVersion: API_VERSION, create })];
}

function fail(): never {
  throw new Error('boom');
}

const never = new Promise<void>(() => {});
const who = (kind: string) => `pool "alpha": ${kind} plugin "broken"`;

function nodes(): NodeDescription[] {
  return shards.servers.map(({ host, port }) => {
    return { name: String(port), endpoint: { kind: 'tcp', host, port }, weight: 1 };
  });
}

test.each<[string, Partial<TopologySource>, string]>([
  ['throws', { start: fail }, 'cannot start: boom'],
  ['rejects', { start: async () => fail() }, 'cannot start: boom'],
  ['delivers nothing', { start: async () => {} }, 'must deliver a snapshot before it has started'],
])('a topology that %s: every call says why, now and later', async (_, source, message) => {
  const plugins = broken('topology', { stop: async () => {}, ...source });
  const redis = shards.client({ plugins }, { topology: 'broken', servers: undefined });
  const told = new Promise((resolve) => redis.once('error', resolve));
  const early = redis.get('a');
  const why = `${who('topology')} ${message}`;
  const closed = { code: 'SHARDMUX_CLIENT_CLOSED', message: `Connection is closed. ${why}` };
  expect(await told).toMatchObject({ message: why });
  await expect(early).rejects.toMatchObject(closed);
  await expect(redis.get('a')).rejects.toMatchObject(closed);
  expect(redis.status).toBe('end');
});

test('a topology that hangs does not keep a client that is closed, nor its process', async () => {
  const program = `
    import { createClient } from 'shardmux';
    import { API_VERSION, definePlugin } from '@shardmux/plugin-api';
    const create = () => ({ start: () => new Promise(() => {}), stop: async () => {} });
    const plugins = [definePlugin({ kind: 'topology', name: 'broken', apiVersion: API_VERSION, create })];
    const redis = createClient({ pools: { alpha: { topology: 'broken' } } }, { plugins });
    redis.on('error', (error) => console.log(String(error)));
    redis.get('a').catch(({ code }) => console.log(code));
    await new Promise((resolve) => setTimeout(resolve, 50));
    redis.disconnect();
  `;
  const start = performance.now();
  expect(await runProgram(program, null)).toMatchObject({
    code: 0,
    stdout: 'SHARDMUX_CLIENT_CLOSED\n',
    stderr: '',
  });
  expect(performance.now() - start).toBeLessThan(8_000);
});

test.each([-1, 1.5, Number.NaN, 2 ** 32])(
  'a hash that gives %d for some key: the error names it',
  async (hash) => {
    const isBad = (bytes: Uint8Array, start: number) => bytes[start] === 0x78;
    const plugins = broken('hash', (bytes: Uint8Array, start: number) => (isBad(bytes, start) ? hash : 7));
    const redis = shards.client({ plugins }, { hash: 'broken' });
    expect(await redis.set('a', '1')).toBe('OK');
    const misrouted = {
      code: 'SHARDMUX_MISROUTED',
      message: expect.stringContaining('hash "broken" or distribution "ketama"'),
    };
    await expect(redis.get('x')).rejects.toMatchObject(misrouted);
    await expect(redis.mget('a', 'x')).rejects.toMatchObject(misrouted);
    await redis.quit();
  },
);

test.each([
  ['throws', fail, 'cannot connect'],
  ['gives nothing', () => undefined, 'must create an object'],
])('a transport that %s when it is to connect: its servers cannot be reached', async (_, connect, fault) => {
  const plugins = broken('transport', { connect, listen: fail, flush: null });
  const redis = shards.client({ plugins, maxRetriesPerRequest: 1 }, { transport: 'broken' });
  const told = new Promise((resolve) => redis.once('error', resolve));
  await expect(redis.get('a')).rejects.toMatchObject({ code: 'SHARDMUX_UNREACHABLE' });
  await expect(redis.mget('a', 'b', 'c')).rejects.toMatchObject({ code: 'SHARDMUX_UNREACHABLE' });
  expect(await told).toMatchObject({
    message: expect.stringContaining(`${who('transport')} ${fault}`),
  });
  expect(await redis.quit()).toBe('OK');
});

test.each([
  ['throws', fail],
  ['gives no verdict', () => undefined],
  ['gives no time', () => ({ action: 'eject' })],
])('a failover policy that %s: the log names it, and the server stays in service', async (_, failed) => {
  const log: string[] = [];
  const logger = { error: (line: string) => log.push(line), warn() {}, info() {}, debug() {} };
  const options = { plugins: broken('failover', { failed }), logger, retryStrategy: () => 20 };
  const redis = shards.client(options, { failover: 'broken' });
  await redis.set('a', '1');
  const lost = new Promise((resolve) => redis.once('error', resolve));
  await shards.askAll('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  await lost;
  expect(await redis.get('a')).toBe('1');
  expect(log).toContainEqual(expect.stringContaining(who('failover')));
});

test('a topology and a telemetry that cannot stop do not keep a client from quitting', async () => {
  const topology = {
    start: async (listener: { changed(snapshot: object): void }) => {
      listener.changed({ epoch: 1, nodes: nodes() });
    },
    stop: async () => fail(),
  };
  const redis = shards.client(
    { plugins: broken('topology', topology) },
    { topology: 'broken', servers: undefined },
  );
  expect(await redis.set('a', '1')).toBe('OK');
  expect(await redis.quit()).toBe('OK');
  const observer = {
    operations: null,
    connected() {},
    disconnected() {},
    topologyChanged() {},
    failover() {},
  };
  const telemetry = { observe: () => observer, stop: () => never };
  const other = shards.client({ plugins: broken('telemetry', telemetry) }, { telemetry: 'broken' });
  expect(await other.ping()).toBe('PONG');
  expect(await other.quit()).toBe('OK');
}, 10_000);

test('a retryStrategy that throws, or gives what is no time, gives the server up', async () => {
  for (const retryStrategy of [fail, () => undefined, () => Number.NaN]) {
    const redis = shards.client({ retryStrategy }, {}, [{ host: '127.0.0.1', port: 1 }]);
    await expect(redis.get('a')).rejects.toMatchObject({ code: expect.stringMatching(/CLOSED|UNREACHABLE/) });
    await expect.poll(() => redis.status).toBe('end');
  }
});
