import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InvalidConfigError } from '@shardmux/config-file';
import { API_VERSION, definePlugin } from '@shardmux/plugin-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConfigOptions, loadConfig, parseConfig } from '../../src/config/load.js';
import { moduleSource, PluginFolder } from '../support/plugin-folder.js';

let folder: PluginFolder;

beforeAll(() => {
  folder = new PluginFolder();
});

afterAll(() => folder.remove());

const pool = (...lines: readonly string[]) =>
  ['pools:', '  alpha:', '    listen: 127.0.0.1:22121', ...lines.map((line) => `    ${line}`)].join('\n');

function problems(yaml: string, options?: ConfigOptions): InvalidConfigError['problems'] {
  try {
    parseConfig(Buffer.from(yaml), 'test.yml', { folder: folder.path, ...options });
  } catch (error) {
    if (error instanceof InvalidConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('every kind of plugin may come from a module, and is named so that all processes find it', () => {
  const kinds = ['hash', 'distribution', 'topology', 'failover', 'reads', 'codec', 'transport'] as const;
  const url = (kind: string) => `${pathToFileURL(folder.path).href}/plugins/${kind}.js#mine`;
  for (const kind of kinds) folder.write(`plugins/${kind}.js`, moduleSource(kind, ['mine']));
  const file = folder.write('config.yml', pool(...kinds.map((kind) => `${kind}: ./plugins/${kind}.js`)));
  const [read] = loadConfig(file).pools;
  for (const kind of kinds) expect(read[kind]).toEqual({ use: url(kind), options: {} });
});

test('a module validates its part of the file', () => {
  folder.write(
    'seeded.js',
    `import { API_VERSION, definePlugin } from '@shardmux/plugin-api';
const validate = (value) => value.seed === 7 ? { value } : { issues: [{ path: ['seed'], message: 'must be 7' }] };
const optionsSchema = { '~standard': { version: 1, vendor: 'test', validate } };
export default definePlugin({
  kind: 'hash', name: 'seeded', apiVersion: API_VERSION, optionsSchema, create: ({ seed }) => () => seed,
});`,
  );
  const servers = 'servers: [h:1:1]';
  expect(problems(pool('hash: { use: ./seeded.js, seed: 7 }', servers))).toEqual([]);
  expect(problems(pool('hash: { use: ./seeded.js, seed: 8 }', servers))).toEqual([
    expect.objectContaining({ line: 4, path: 'pools.alpha.hash.seed', found: '8', expected: 'must be 7' }),
  ]);
  expect(problems(pool('hash: ./seeded.js', servers))).toMatchObject([{ expected: 'must be 7' }]);
});

test('options that are paths start from the folder of the configuration', () => {
  const { path } = folder;
  const topology = (text: string) => {
    const yaml = pool(`topology: { use: file, ${text} }`);
    return parseConfig(Buffer.from(yaml), 'test.yml', { folder: path }).pools[0].topology;
  };
  expect(topology('path: servers.yaml')).toEqual({
    use: 'file',
    options: { path: `${path}/servers.yaml` },
  });
  expect(topology('path: /etc/servers.yaml, cache: ../cache.json')).toEqual({
    use: 'file',
    options: { path: '/etc/servers.yaml', cache: join(path, '../cache.json') },
  });
  expect(problems(pool('topology: { use: file, path: 7 }'))).toMatchObject([
    { path: 'pools.alpha.topology.path', found: '7', expected: 'must be the path of a file' },
  ]);
});

test('faults of plugins are told with all others, with their cause', () => {
  folder.write('throws.js', 'throw new Error("no seed left");');
  folder.write('number.js', 'export const plugins = [1];');
  folder.write(
    'schema.js',
    moduleSource('codec', ['mine']).replace(
      'create',
      "optionsSchema: { '~standard': { validate: () => { throw new Error('unschooled'); } } }, create",
    ),
  );
  const yaml = pool(
    'timeout: soon',
    'hash: ./throws.js',
    'distribution: { use: "@acme/absent" }',
    'failover: ./number.js',
    'codec: ./schema.js',
    'servers: [h:1:1]',
  );
  const code = (name: string) => expect.objectContaining({ code: `SHARDMUX_PLUGIN_${name}` });
  expect(problems(yaml)).toEqual([
    expect.objectContaining({ path: 'pools.alpha.timeout' }),
    expect.objectContaining({
      path: 'pools.alpha.hash',
      found: '"./throws.js"',
      expected: expect.stringMatching(/^must be a module that can be loaded: .*: Error: no seed left$/),
      cause: code('LOAD'),
    }),
    expect.objectContaining({ path: 'pools.alpha.distribution.use', cause: code('UNKNOWN') }),
    expect.objectContaining({
      path: 'pools.alpha.failover',
      expected: expect.stringMatching(/^must be usable: .*number.js: not a plugin/),
      cause: code('INVALID'),
    }),
    expect.objectContaining({
      path: 'pools.alpha.codec',
      expected: 'must be usable: codec plugin "mine" cannot check its options: Error: unschooled',
      cause: code('FAILED'),
    }),
  ]);
});

test('plugins given in code are named as official ones are', () => {
  const mine = definePlugin({ kind: 'hash', name: 'mine', apiVersion: API_VERSION, create: () => () => 1 });
  const yaml = pool('hash: mine', 'servers: [h:1:1]');
  expect(problems(yaml)).toMatchObject([
    { path: 'pools.alpha.hash', cause: { code: 'SHARDMUX_PLUGIN_UNKNOWN' } },
  ]);
  expect(problems(yaml, { plugins: [mine] })).toEqual([]);
  const again = definePlugin({ kind: 'hash', name: 'md5', apiVersion: API_VERSION, create: () => () => 1 });
  expect(() => problems(yaml, { plugins: [mine, again] })).toThrow(
    expect.objectContaining({ code: 'SHARDMUX_PLUGIN_DUPLICATE' }),
  );
});

test('telemetry is one plugin, or a list, or none', () => {
  const names = ['one', 'two'];
  folder.write('watchers.js', moduleSource('telemetry', names));
  const uses = (...lines: readonly string[]) => {
    const file = folder.write('config.yml', pool('servers: [h:1:1]', ...lines));
    return loadConfig(file).pools[0].telemetry.map(({ use }) => use.split('#')[1]);
  };
  expect(uses()).toEqual([]);
  expect(uses('telemetry: ./watchers.js#one')).toEqual(['one']);
  expect(uses('telemetry: [./watchers.js#two, { use: "./watchers.js#one" }]')).toEqual(['two', 'one']);
  const faults = problems(pool('servers: [h:1:1]', 'telemetry: [./watchers.js#one, ./watchers.js, 7]'));
  expect(faults.map(({ path, expected }) => [path, expected])).toEqual([
    ['pools.alpha.telemetry.1', 'must be one of ./watchers.js#one, ./watchers.js#two'],
    ['pools.alpha.telemetry.2', expect.stringMatching(/^must be the name of a plugin, or/)],
  ]);
  expect(problems(pool('servers: [h:1:1]', 'telemetry: 7'))).toMatchObject([
    { path: 'pools.alpha.telemetry', expected: expect.stringMatching(/^must be the name of a plugin, or/) },
  ]);
});
