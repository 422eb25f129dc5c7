import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hashSuite } from '@shardmux/conformance';
import type { Plugin } from '@shardmux/plugin-api';
import { connectRaw, freePort, type RedisServer, startRedis, TemporaryFolder } from '@shardmux/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Shardmux } from '../support/shardmux.js';

/*
 * What docs/write-a-plugin.md says is done here, word for word.
 */

const ROOT = join(import.meta.dirname, '../..');
const BINARY = join(ROOT, 'packages/shardmux/bin/shardmux.js');
const MANUAL = readFileSync(join(ROOT, 'docs/write-a-plugin.md'), 'utf8');
const [PLUGIN, CODE, OPTIONS] = blocks('js');
const [CONFIG] = blocks('yaml');
const KEYS = Array.from({ length: 50 }, (_, i) => `some:key:${i}`);

const folder = new TemporaryFolder();
let servers: RedisServer[];

beforeAll(async () => {
  servers = await Promise.all([startRedis(), startRedis()]);
  // As after npm install.
  mkdirSync(join(folder.path, 'node_modules'));
  for (const name of ['@shardmux', 'shardmux']) {
    symlinkSync(join(ROOT, 'node_modules', name), join(folder.path, 'node_modules', name));
  }
  folder.write('package.json', '{ "type": "module" }');
  folder.write('my-hash.js', PLUGIN);
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  folder.remove();
});

function blocks(language: string): string[] {
  return Array.from(MANUAL.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs')), ([, code]) => code);
}

function node(...args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, args, { cwd: folder.path, encoding: 'utf8', timeout: 20_000 });
}

/** The configuration of the manual, with ports that are free here. */
async function configuration(hash = './my-hash.js'): Promise<string> {
  const port = await freePort();
  const [one, two] = servers.map((server) => String(server.port));
  const yaml = CONFIG.replace('./my-hash.js', hash)
    .replace('22121', String(port))
    .replace('6379', one)
    .replace('6380', two);
  return folder.write('shardmux.yml', yaml);
}

test('the whole plugin has less than 25 lines, and keeps the promises of its kind', async () => {
  expect(PLUGIN.trimEnd().split('\n').length).toBeLessThan(25);
  const { plugins } = (await import(pathToFileURL(join(folder.path, 'my-hash.js')).href)) as {
    plugins: readonly Plugin<'hash'>[];
  };
  const suite = hashSuite(() => plugins[0].create(undefined));
  expect(suite.length).toBeGreaterThan(4);
  for (const { check } of suite) await check();
});

test('the proxy shards by it, as explain says', async () => {
  const file = await configuration();
  const shardmux = await Shardmux.startFile(file);
  const client = await connectRaw(shardmux.endpoints[0]);
  await client.pipeline(KEYS.map((key) => ['SET', key, 'x']));
  await client.close();
  await shardmux.stop();
  const { stdout } = node(BINARY, 'explain', '-c', file, '--pool', 'alpha', '--json', ...KEYS);
  const explanations = JSON.parse(stdout) as { key: string; node: string }[];
  for (const [index, server] of servers.entries()) {
    const name = ['one', 'two'][index];
    const expected = explanations.filter(({ node }) => node === name).map(({ key }) => key);
    const direct = await connectRaw(server.endpoint);
    expect(expected.length).toBeGreaterThan(5);
    expect(await direct.command('EXISTS', ...expected)).toBe(expected.length);
    await direct.command('FLUSHALL');
    await direct.close();
  }
});

test('its options are checked with the file', async () => {
  const [functions] = PLUGIN.split('export const plugins');
  folder.write(
    'seeded.js',
    `${functions}\n${OPTIONS.replace(/^definePlugin/m, 'export default definePlugin')}`,
  );
  const good = await configuration('{ use: ./seeded.js, seed: 9 }');
  expect(node(BINARY, 'proxy', '-t', '-c', good).stderr).toContain('syntax is ok');
  const bad = await configuration('{ use: ./seeded.js, seed: nine }');
  expect(node(BINARY, 'proxy', '-t', '-c', bad).stderr).toMatch(
    /:4:37: pools.alpha.hash.seed: found "nine": must be an integer\n/,
  );
});

test('a program may hand it over', async () => {
  await configuration('my-hash');
  const use = `
await proxy.start();
console.log(await client.set('some:key', '1'));
await client.quit();
await proxy.stop();
`;
  const { stdout, stderr, status } = node(folder.write('app.js', CODE + use));
  expect({ stdout, status }, stderr).toEqual({ stdout: 'OK\n', status: 0 });
});
