import { join } from 'node:path';
import { PLUGIN_KINDS, type PluginKind } from '@shardmux/plugin-api';
import { type RedisServer, startRedis, TemporaryFolder } from '@shardmux/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppFolder, type Configuration, configurationOf, installTarballs } from './support/app-folder.js';
import { officialPlugins, runSuites } from './support/conformance.js';
import { NODE_VERSIONS, nodeBinary } from './support/node-versions.js';
import { run } from './support/run.js';
import { packAll, packFolder, ROOT, type Tarball } from './support/tarballs.js';

/**
 * Everything as a stranger gets it: packed, installed in an empty folder outside of the repository, and run there.
 * What the packages depend on comes from npm's cache or registry.
 */
const place = new TemporaryFolder();
const app = new AppFolder(join(place.path, 'app'));
const keys = Array.from({ length: 20 }, (_, i) => `key ${i}`);
let tarballs: Tarball[];
let shards: RedisServer[];

beforeAll(async () => {
  const [own, example] = await Promise.all([
    packAll(place.path),
    packFolder(join(ROOT, 'examples/hash-plugin'), place.path),
  ]);
  tarballs = own;
  await app.install([...own, example]);
  shards = await Promise.all([startRedis(), startRedis(), startRedis()]);
}, 600_000);

afterAll(async () => {
  await Promise.all(shards.map((shard) => shard.stop()));
  place.remove();
});

async function expectProxyToServe(node: string, configuration: Configuration): Promise<void> {
  const mset = ['MSET', ...keys.flatMap((key) => [key, `${key} of the proxy`])];
  const replies = await app.throughProxy(node, configuration, [mset, ['MGET', ...keys]]);
  expect(replies).toEqual(['OK', keys.map((key) => `${key} of the proxy`)]);
}

test('what is installed are the tarballs, once each', () => {
  const origins = app.origins();
  const ours = [...origins.keys()].filter((each) =>
    tarballs.some(({ name }) => each.endsWith(`node_modules/${name}`)),
  );
  expect(ours.sort()).toEqual(tarballs.map(({ name }) => `node_modules/${name}`).sort());
  for (const each of ours) expect(origins.get(each), each).toMatch(/^file:/);
});

describe.each(NODE_VERSIONS)('on Node %i', { timeout: 120_000 }, (major) => {
  const routing = { hash: 'sdbm', distribution: 'modula' };
  let node: string;

  beforeAll(async () => {
    node = await nodeBinary(major, place.path);
  }, 300_000);

  test('every package can be required', async () => {
    const script = 'for (const name of process.argv.slice(1)) require(name); console.log(process.version)';
    const names = tarballs.map(({ name }) => name);
    expect(await app.run(node, '-e', script, ...names)).toMatch(`v${major}.`);
  });

  test('an app runs by import', async () => {
    app.configure(await configurationOf(shards, routing));
    await app.run(node, 'app.mjs', ...keys);
  });

  test('an app runs by require', async () => {
    const configuration = JSON.stringify(await configurationOf(shards, routing));
    await app.run(node, 'app.cjs', 'shardmux-plugin-hash-sdbm', configuration, ...keys);
  });

  test('an app is tested by Jest', async () => {
    app.configure(await configurationOf(shards, { hash: 'xxh32', distribution: 'maglev' }));
    const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
    await app.run(node, jest, '--cacheDirectory', join(place.path, 'jest'), 'app.test.cjs');
  });

  test('the command is a proxy', async () => {
    await expectProxyToServe(node, await configurationOf(shards, routing));
  });
});

test('every official plugin passes its suite', { timeout: 300_000 }, async () => {
  const names = tarballs.map(({ name }) => name);
  const plugins = await officialPlugins(app, names);
  expect(new Set(plugins.map(({ kind }) => kind))).toEqual(new Set(PLUGIN_KINDS));
  const keptBy = await runSuites(app, plugins);
  expect(plugins.filter((plugin) => keptBy(plugin) < 5)).toEqual([]);
});

describe('a stranger', { timeout: 300_000 }, () => {
  /** What the packages are made to depend on, until it is in the registry. */
  const needed =
    /^@shardmux\/(plugin-api|conformance|resp|plugin-coordination-embedded|plugin-transport-tcp)$/;
  const packageOf = (kind: PluginKind) => `shardmux-plugin-${kind}-my-thing`;

  test.each(PLUGIN_KINDS)('has a %s plugin made, which passes its suite, and packs', async (kind) => {
    const folder = join(place.path, kind);
    const flags = ['--kind', kind, '--name', 'my-thing', '--dir', folder];
    await run('npm', ['create', 'shardmux-plugin', '--', ...flags], app.path);
    const bases = tarballs.filter(({ name }) => needed.test(name));
    await installTarballs(folder, bases, '--no-save');
    await run('npm', ['test'], folder);
    await run('npm', ['pack', '--pack-destination', place.path], folder);
  });

  test('installs what was packed', async () => {
    const names = PLUGIN_KINDS.map(packageOf);
    await app.install(names.map((name) => ({ path: join(place.path, `${name}-0.1.0.tgz`) })));
    const places = names.map((name) => `node_modules/${name}`);
    expect([...app.origins().keys()]).toEqual(expect.arrayContaining(places));
  });

  test('uses a distribution from YAML in the proxy', async () => {
    const configuration = await configurationOf(shards, { hash: 'xxh32', distribution: 'my-thing' });
    await expectProxyToServe(process.execPath, configuration);
  });

  test('uses it from code in the client', async () => {
    const configuration = await configurationOf(shards, { hash: 'xxh32', distribution: 'my-thing' });
    const plugin = packageOf('distribution');
    await app.run(process.execPath, 'app.cjs', plugin, JSON.stringify(configuration), ...keys);
  });

  test('uses one of every kind at once', async () => {
    const nodes = shards.map(({ endpoint }, i) => ({ name: `shard${i}`, weight: 1, endpoint }));
    const path = app.write('servers.json', JSON.stringify(nodes));
    const own = Object.fromEntries(PLUGIN_KINDS.map((kind) => [kind, 'my-thing']));
    const topology = { use: 'my-thing', path };
    const configuration = await configurationOf(shards, { ...own, topology, servers: undefined });
    await expectProxyToServe(process.execPath, configuration);
  });
});
