import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RedisServer, startRedis, TemporaryFolder } from '@shardmux/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppFolder, type Configuration, configurationOf } from './support/app-folder.js';
import { prepareSuites } from './support/conformance.js';
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
  const files = prepareSuites(app.path);
  const report = join(app.path, 'report.json');
  await app.run(
    process.execPath,
    join(ROOT, 'node_modules/vitest/vitest.mjs'),
    ...['run', '--root', app.path, 'conformance.test.ts', '--testTimeout=60000', '--maxWorkers=1'],
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
  );
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as { testResults: { name: string }[] };
  expect(testResults.map(({ name }) => name).sort()).toEqual(files.sort());
});

describe('a stranger', { timeout: 300_000 }, () => {
  const folder = join(place.path, 'my-thing');
  const routing = { hash: 'xxh32', distribution: 'my-thing' };
  const npm = (...args: readonly string[]) => run('npm', args, folder);

  test('scaffolds a distribution plugin, which builds, passes its suite, and packs', async () => {
    const command = join(app.path, 'node_modules/.bin/create-shardmux-plugin');
    const flags = ['--kind', 'distribution', '--name', 'my-thing', '--dir', folder];
    await app.run(process.execPath, command, ...flags);
    const needed = tarballs.filter(({ name }) => /^@shardmux\/(conformance|plugin-api)$/.test(name));
    await npm('install', '--no-save', '--prefer-offline', ...needed.map(({ path }) => path));
    await npm('run', 'build');
    await npm('test');
    await app.install([await packFolder(folder, place.path)]);
  });

  test('uses it from YAML in the proxy', async () => {
    await expectProxyToServe(process.execPath, await configurationOf(shards, routing));
  });

  test('uses it from code in the client', async () => {
    const configuration = JSON.stringify(await configurationOf(shards, routing));
    await app.run(
      process.execPath,
      'app.cjs',
      'shardmux-plugin-distribution-my-thing',
      configuration,
      ...keys,
    );
  });
});
