import { rmSync } from 'node:fs';
import { connectRaw, freePort, type RedisServer, startRedis, TemporaryFolder } from '@shardmux/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Shardmux } from '../../support/shardmux.js';
import { readStats } from '../../support/stats.js';

/** A proxy of two workers, whose servers are in a file, as an operator has it. */
let servers: readonly RedisServer[];
let folder: TemporaryFolder;
let config: string;
let shardmux: Shardmux | null;

beforeEach(async () => {
  servers = await Promise.all([startRedis(), startRedis()]);
  folder = new TemporaryFolder();
  config = folder.write(
    'config.yaml',
    `workers: 2
pools:
  alpha:
    listen: 127.0.0.1:${await freePort()}
    topology: { use: file, path: servers.yaml, cache: cache.json }
`,
  );
  shardmux = null;
  writeServers(0);
});

afterEach(async () => {
  await shardmux?.stop();
  await Promise.all(servers.map((server) => server.stop()));
  folder.remove();
});

function writeServers(...numbers: readonly number[]): void {
  const lines = numbers.map((i) => `  - 127.0.0.1:${servers[i].port}:1 n${i}\n`);
  folder.write('servers.yaml', `servers:\n${lines.join('')}`);
}

async function namesInStats({ statsPort }: Shardmux): Promise<string[]> {
  const { alpha } = (await readStats(statsPort)).document;
  return Object.keys(alpha).filter((name) => /^n\d$/.test(name));
}

/** Has each of eight clients, which the workers share, write a key. */
async function write({ endpoints: [endpoint] }: Shardmux): Promise<unknown[]> {
  const clients = await Promise.all(Array.from({ length: 8 }, () => connectRaw(endpoint, { strings: true })));
  const replies = await Promise.all(clients.map((client, i) => client.command('SET', `key${i}`, 1)));
  await Promise.all(clients.map((client) => client.close()));
  return replies;
}

/** How many keys the servers have. */
function sizes(): Promise<unknown[]> {
  return Promise.all(
    servers.map(async ({ endpoint }) => {
      const client = await connectRaw(endpoint);
      const size = await client.command('DBSIZE');
      await client.close();
      return size;
    }),
  );
}

const OK = Array.from({ length: 8 }, () => 'OK');

test('every worker follows the file, and the statistics show it', async () => {
  const proxy = await Shardmux.startFile(config);
  shardmux = proxy;
  expect(await write(proxy)).toEqual(OK);
  expect(await sizes()).toEqual([8, 0]);
  writeServers(1);
  await vi.waitFor(async () => expect(await namesInStats(proxy)).toEqual(['n1']), 10_000);
  await vi.waitFor(async () => {
    expect(await write(proxy)).toEqual(OK);
    expect(await sizes()).toEqual([8, 8]);
  }, 10_000);
  writeServers(1, 0);
  await vi.waitFor(async () => expect(await namesInStats(proxy)).toEqual(['n0', 'n1']), 10_000);
});

test('a file that is no good changes nothing, and the log says what is wrong with it, once', async () => {
  const proxy = await Shardmux.startFile(config);
  shardmux = proxy;
  folder.write('servers.yaml', 'servers:\n  - 127.0.0.1:6379 n0\n  - { host: h }\n');
  const faults = () =>
    [/servers\.yaml:2:5: servers\.0: found /g, /servers\.yaml:3:5: servers\.1: found /g].map(
      (fault) => proxy.process.log.match(fault)?.length,
    );
  // Each worker says so.
  await vi.waitFor(() => expect(faults()).toEqual([2, 2]), 10_000);
  const faultInStats = async () => (await readStats(proxy.statsPort)).document.alpha;
  expect(await faultInStats()).toHaveProperty('topology_fault', expect.stringContaining('servers.yaml:2:5'));
  expect(await write(proxy)).toEqual(OK);
  expect(await sizes()).toEqual([8, 0]);
  writeServers(0, 1);
  await vi.waitFor(async () => expect(await namesInStats(proxy)).toEqual(['n0', 'n1']), 10_000);
  expect(faults()).toEqual([2, 2]);
  // Of the other worker, too.
  await vi.waitFor(async () => expect(await faultInStats()).not.toHaveProperty('topology_fault'), 10_000);
  const recoveries = () => proxy.process.log.match(/the topology is followed again/g);
  await vi.waitFor(() => expect(recoveries()).toHaveLength(2), 10_000);
});

test('without its file it does not start, unless it has a cache', { timeout: 60_000 }, async () => {
  rmSync(`${folder.path}/servers.yaml`);
  await expect(Shardmux.startFile(config)).rejects.toThrow(
    /servers\.yaml: cannot be read: ENOENT.*: create it, or name another one as the .*path.* of the topology; and the cache/,
  );
  writeServers(0);
  await (await Shardmux.startFile(config)).stop();
  rmSync(`${folder.path}/servers.yaml`);
  shardmux = await Shardmux.startFile(config);
  expect(await write(shardmux)).toEqual(OK);
  expect(shardmux.process.log).toMatch(/servers\.yaml: cannot be read: ENOENT/);
});
