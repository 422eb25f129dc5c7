import { freePort, ServerProcess } from '@shardmux/testing';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { moduleSource, PluginFolder } from '../support/plugin-folder.js';
import { BINARY, shardmux } from '../support/run-command.js';

let folder: PluginFolder;
let proxy: ServerProcess | undefined;

beforeAll(() => {
  folder = new PluginFolder();
});

afterEach(() => proxy?.stop());

afterAll(() => folder.remove());

/** A configuration of one pool whose plugin of a kind is a module with this code for `create`. */
async function configWith(kind: string, create: string, top = ''): Promise<string> {
  folder.write(`${kind}-${create.length}.js`, moduleSource(kind, ['mine'], create));
  const lines = [
    `${top}stats: { listen: null }`,
    'pools:',
    '  alpha:',
    `    listen: 127.0.0.1:${await freePort()}`,
    `    ${kind}: ./${kind}-${create.length}.js`,
    ...(kind === 'topology' ? [] : ['    servers: [127.0.0.1:1:1 one, 127.0.0.1:2:1 two]']),
  ];
  return folder.write('config.yml', lines.join('\n'));
}

const snapshot =
  "{ epoch: 1, nodes: [{ name: 'one', weight: 1, endpoint: { kind: 'unix', path: '/nowhere' } }] }";

const cases: readonly [string, string, string, RegExp][] = [
  ['throws', 'hash', "() => { throw new Error('no seed left'); }", /cannot be created: no seed left$/],
  ['is created later', 'hash', 'async () => () => 1', /must create a function, and created a promise of it$/],
  [
    'gives signed hashes',
    'hash',
    '() => () => -1',
    /must return unsigned 32-bit integers \(value >>> 0\), and/,
  ],
  [
    'throws at a key',
    'hash',
    '() => () => { throw new Error("no key"); }',
    /cannot hash a key of 1 bytes: no key$/,
  ],
  ['has nothing', 'failover', '() => ({})', /must create an object with failed \(function\)/],
  [
    'locates keys nowhere',
    'distribution',
    "() => ({ build: () => ({ splitBy: 'node', partitions: 1, partition: () => 0, locate: (h) => h % 3 }) })",
    /must locate hash \d+ at one of 2 nodes, not at 2$/,
  ],
  [
    'cannot build',
    'distribution',
    "() => ({ build: () => { throw new Error('too few points'); } })",
    /cannot be built for 2 nodes: too few points$/,
  ],
  [
    'watches nothing',
    'telemetry',
    '() => ({ observe: () => ({}), stop: async () => {} })',
    /must create an object with/,
  ],
  [
    'cannot start',
    'topology',
    "() => ({ start: async () => { throw new Error('no answer'); }, stop: async () => {} })",
    /cannot start: no answer$/,
  ],
  [
    'gives no node',
    'topology',
    '() => ({ start: async (to) => to.changed({ epoch: 1, nodes: [] }), stop: async () => {} })',
    /must deliver at least one node$/,
  ],
  [
    'leaves open what it has opened',
    'topology',
    "() => ({ start: async () => { setInterval(() => {}, 9); throw new Error('no answer'); }, stop: async () => {} })",
    /cannot start: no answer$/,
  ],
];

const WHO = (kind: string) => `pool "alpha": ${kind} plugin "mine" \\(file:///.*\\.js#mine\\) `;

test.each(cases)('a plugin that %s (%s) keeps the proxy from starting', async (_, kind, create, message) => {
  const { status, stderr } = shardmux('proxy', '-c', await configWith(kind, create));
  expect(stderr.trimEnd()).toMatch(new RegExp(`^${WHO(kind)}${message.source}`));
  expect(status).toBe(1);
});

test('and so it does where worker processes load it', async () => {
  const [, kind, create, message] = cases[2];
  const { status, stderr } = shardmux('proxy', '-c', await configWith(kind, create, 'workers: 2\n'));
  expect(stderr.split('\n')).toContainEqual(expect.stringMatching(`^${WHO(kind)}${message.source}`));
  expect(status).toBe(1);
});

test('explain says the same', async () => {
  const [, kind, create, message] = cases[5];
  const file = await configWith(kind, create);
  const { status, stderr } = shardmux('explain', '-c', file, '--pool', 'alpha', 'key');
  expect(stderr.trimEnd()).toMatch(new RegExp(`^${WHO(kind)}${message.source}`));
  expect(status).toBe(1);
});

test('a module that cannot be loaded is a fault of the file', async () => {
  const file = await configWith('hash', '() => { syntax error');
  const { status, stderr } = shardmux('proxy', '-c', file);
  expect(stderr).toMatch(
    /^\/.*config.yml:5:11: pools.alpha.hash: found "\.\/.*": must be a module that can be loaded: /,
  );
  expect(status).toBe(1);
});

test('a topology that never starts is given up after ten seconds, whatever it keeps open', async () => {
  const hangs =
    '() => ({ start: () => new Promise(() => setInterval(() => {}, 9)), stop: () => new Promise(() => {}) })';
  const file = await configWith('topology', hangs);
  proxy = await ServerProcess.start(process.execPath, [BINARY, 'proxy', '-c', file]);
  expect(await proxy.exited).toEqual({ code: 1, signal: null });
  expect(proxy.log).toMatch(new RegExp(`${WHO('topology')}does not start within 10000 ms\n`));
});

test('a topology that never stops does not keep a proxy that is told to', async () => {
  const hangs = `() => ({ start: async (to) => to.changed(${snapshot}), stop: () => new Promise(() => {}) })`;
  const file = await configWith('topology', hangs);
  proxy = await ServerProcess.start(process.execPath, [BINARY, 'proxy', '-c', file]);
  await vi.waitUntil(() => proxy!.log.includes('listens on'), { timeout: 10_000 });
  proxy.signal('SIGTERM');
  expect(await proxy.exited).toEqual({ code: 0, signal: null });
  expect(proxy.log).toContain('does not stop within 2000 ms');
});
