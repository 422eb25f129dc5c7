import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Endpoint } from '@shardmux/plugin-api';
import {
  connectRaw,
  freePort,
  type RawClient,
  type RedisServer,
  ServerProcess,
  startRedis,
  TemporaryFolder,
} from '@shardmux/testing';
import { afterEach, expect, test, vi } from 'vitest';
import { poolFile } from '../support/shards.js';
import { readStats } from '../support/stats.js';

const BINARY = join(import.meta.dirname, '../../packages/shardmux/bin/shardmux.js');
const PRLIMIT = { name: 'prlimit', debianPackage: 'util-linux' };
/** Descriptors that the proxy may have. While it starts it needs more: Node opens the modules of a package side by side. */
const LIMIT = 128;
const LIMIT_AT_START = 1_024;
const CLIENTS = 200;

let redis: RedisServer;
let proxy: ServerProcess;
let endpoint: Endpoint;
let statsPort: number;
let folder: TemporaryFolder;

afterEach(async () => {
  await proxy?.stop();
  await redis?.stop();
  folder?.remove();
});

async function start(): Promise<void> {
  redis = await startRedis();
  folder = new TemporaryFolder();
  const yaml = await poolFile([`${redis.host}:${redis.port}:1`], ['reconnect: { min: 20, max: 100 }']);
  endpoint = { kind: 'tcp', host: '127.0.0.1', port: Number(/listen: 127\.0\.0\.1:(\d+)/.exec(yaml)?.[1]) };
  statsPort = await freePort();
  proxy = await ServerProcess.start(PRLIMIT, [
    ...[`--nofile=${LIMIT_AT_START}:${LIMIT_AT_START}`, process.execPath, BINARY, 'proxy'],
    ...['-c', folder.write('config.yml', yaml), '-a', '127.0.0.1', '-s', String(statsPort)],
  ]);
  // Connecting to find out would leave a descriptor that is closed who knows when.
  await proxy.ready(async () => proxy.log.includes('listens on'));
  execFileSync('prlimit', ['--pid', String(proxy.pid), `--nofile=${LIMIT}:${LIMIT}`]);
}

const descriptors = () => readdirSync(`/proc/${proxy.pid}/fd`).length;

/** Connects clients, all at once; those that the proxy had a descriptor for get a reply, the rest are closed. */
async function connectMany(
  count: number,
  ...command: string[]
): Promise<{ served: RawClient[]; replies: string[] }> {
  const clients = await Promise.all(Array.from({ length: count }, () => connectRaw(endpoint)));
  const served: RawClient[] = [];
  const replies: string[] = [];
  for (const client of clients) {
    const reply = await client.command(...command).catch(() => null);
    if (reply === null) continue;
    served.push(client);
    replies.push(String(reply));
  }
  return { served, replies };
}

const closeAll = (clients: RawClient[]) => Promise.all(clients.map((client) => client.close()));

test('more clients than descriptors: those admitted are served, the rest are closed, and room comes back', async () => {
  await start();
  const first = await connectRaw(endpoint);
  await first.command('SET', 'a', '1');
  const rest = descriptors();
  let admitted = 0;
  for (let wave = 0; wave < 3; wave++) {
    const { served, replies } = await connectMany(CLIENTS, 'GET', 'a');
    expect(new Set(replies)).toEqual(new Set(['1']));
    // All the room there was, each time.
    expect(served.length).toBeGreaterThanOrEqual(LIMIT - rest);
    expect(served.length).toBeLessThan(LIMIT);
    for (const client of served) expect(await client.command('INCR', 'n')).toBe(++admitted);
    await closeAll(served);
    await vi.waitUntil(() => descriptors() <= rest, 10_000);
  }
  const { document } = await readStats(statsPort);
  expect(document).toMatchObject({ alpha: { client_connections: 1 } });
  expect(String(await first.command('GET', 'n'))).toBe(String(admitted));
  expect(proxy.running).toBe(true);
});

test('no descriptor left for a connection to the server: errors, nobody is closed, and it recovers', async () => {
  await start();
  const { served } = await connectMany(CLIENTS, 'PING');
  expect(served.length).toBeGreaterThan(20);
  for (const client of served) {
    expect(String(await client.command('GET', 'a'))).toMatch(/ERR Connection refused$/);
    expect(String(await client.command('PING'))).toBe('PONG');
  }
  await closeAll(served.splice(2));
  for (const client of served) {
    await vi.waitUntil(async () => String(await client.command('SET', 'a', '1')) === 'OK', {
      timeout: 3_000,
    });
  }
  expect(proxy.running).toBe(true);
});
