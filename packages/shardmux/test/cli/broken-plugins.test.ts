import { connectRaw, ServerProcess } from '@shardmux/testing';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { brokenPlugin, brokenPlugins, configWith, who } from '../support/broken-plugins.js';
import { PluginFolder } from '../support/plugin-folder.js';
import { BINARY, shardmux } from '../support/run-command.js';

let folder: PluginFolder;
let proxy: ServerProcess | undefined;

beforeAll(() => {
  folder = new PluginFolder();
});

afterEach(() => proxy?.stop());

afterAll(() => folder.remove());

const snapshot =
  "{ epoch: 1, nodes: [{ name: 'one', weight: 1, endpoint: { kind: 'unix', path: '/nowhere' } }] }";

test.each(brokenPlugins)(
  'a plugin that %s (%s) keeps the proxy from starting',
  async (_, kind, create, message) => {
    const { status, stderr } = shardmux('proxy', '-c', await configWith(folder, kind, create));
    expect(stderr.trimEnd()).toMatch(new RegExp(`^${who(kind)}${message.source}`));
    expect(status).toBe(1);
  },
);

test('and so it does where worker processes load it', async () => {
  const [, kind, create, message] = brokenPlugin('gives signed hashes');
  const { status, stderr } = shardmux('proxy', '-c', await configWith(folder, kind, create, 'workers: 2\n'));
  expect(stderr.split('\n')).toContainEqual(expect.stringMatching(`^${who(kind)}${message.source}`));
  expect(status).toBe(1);
});

test('explain says the same', async () => {
  const [, kind, create, message] = brokenPlugin('locates keys nowhere');
  const file = await configWith(folder, kind, create);
  const { status, stderr } = shardmux('explain', '-c', file, '--pool', 'alpha', 'key');
  expect(stderr.trimEnd()).toMatch(new RegExp(`^${who(kind)}${message.source}`));
  expect(status).toBe(1);
});

test('a module that cannot be loaded is a fault of the file', async () => {
  const file = await configWith(folder, 'hash', '() => { syntax error');
  const { status, stderr } = shardmux('proxy', '-c', file);
  expect(stderr).toMatch(
    /^\/.*config.yml:5:11: pools.alpha.hash: found "\.\/.*": must be a module that can be loaded: /,
  );
  expect(status).toBe(1);
});

test('a topology that never starts is given up after ten seconds, whatever it keeps open', async () => {
  const hangs =
    '() => ({ start: () => new Promise(() => setInterval(() => {}, 9)), stop: () => new Promise(() => {}) })';
  const file = await configWith(folder, 'topology', hangs);
  proxy = await ServerProcess.start(process.execPath, [BINARY, 'proxy', '-c', file]);
  expect(await proxy.exited).toEqual({ code: 1, signal: null });
  expect(proxy.log).toMatch(new RegExp(`${who('topology')}does not start within 10000 ms\n`));
});

test('a topology that never stops does not keep a proxy that is told to', async () => {
  const hangs = `() => ({ start: async (to) => to.changed(${snapshot}), stop: () => new Promise(() => {}) })`;
  const file = await configWith(folder, 'topology', hangs);
  proxy = await ServerProcess.start(process.execPath, [BINARY, 'proxy', '-c', file]);
  await vi.waitUntil(() => proxy!.log.includes('listens on'), { timeout: 10_000 });
  proxy.signal('SIGTERM');
  expect(await proxy.exited).toEqual({ code: 0, signal: null });
  expect(proxy.log).toContain('does not stop within 2000 ms');
});

test('a transport that cannot listen keeps the proxy from starting', async () => {
  const deaf =
    "() => ({ flush: null, connect: () => {}, listen: async () => { throw new Error('it is deaf'); } })";
  const { status, stderr } = shardmux('proxy', '-c', await configWith(folder, 'transport', deaf));
  const message = 'cannot listen on 127.0.0.1:\\d+: it is deaf$';
  expect(stderr.trimEnd()).toMatch(new RegExp(`^${who('transport')}${message}`));
  expect(status).toBe(1);
});

test('a failover policy that throws is told of, and the proxy serves on', async () => {
  const undecided = "() => ({ failed: () => { throw new Error('undecided'); } })";
  const file = await configWith(folder, 'failover', undecided);
  proxy = await ServerProcess.start(process.execPath, [BINARY, 'proxy', '-c', file]);
  await vi.waitUntil(() => proxy!.log.includes('listens on'), { timeout: 10_000 });
  const [, port] = /listens on 127.0.0.1:(\d+)/.exec(proxy.log)!;
  const client = await connectRaw({ kind: 'tcp', host: '127.0.0.1', port: Number(port) }, { strings: true });
  const [refused, pong] = await client.pipeline([['GET', 'a'], ['PING']]);
  expect([refused, pong]).toEqual([expect.objectContaining({ message: 'ERR Connection refused' }), 'PONG']);
  await client.close();
  proxy.signal('SIGTERM');
  expect(await proxy.exited).toEqual({ code: 0, signal: null });
  const logged = JSON.stringify(`pool "alpha": failover plugin "mine"`).slice(1, -1);
  expect(proxy.log).toContain(`stays in the ring: ${logged}`);
  expect(proxy.log).toMatch(/ has no verdict on (one|two): undecided/);
});
