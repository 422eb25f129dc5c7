import {
  connectRaw,
  type EtcdServer,
  freePort,
  type RedisServer,
  ServerProcess,
  startEtcd,
  startRedis,
  TemporaryFolder,
} from '@shardmux/testing';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { BINARY } from '../support/run-command.js';

const folder = new TemporaryFolder();
let etcd: EtcdServer;
let server: RedisServer;
let port: number;
let proxy: ServerProcess;

beforeEach(async () => {
  [etcd, server, port] = [await startEtcd(), await startRedis(), await freePort()];
});

afterAll(() => folder.remove());

afterEach(async () => {
  await proxy?.stop();
  await server?.stop();
  await etcd?.stop();
});

async function start(top = ''): Promise<void> {
  const file = folder.write(
    `${port}.yml`,
    `
stats: { listen: null }
${top}
pools:
  alpha:
    listen: 127.0.0.1:${port}
    coordination: { use: etcd, endpoints: ["${etcd.url}"] }
    register: {}
    zone: here
    servers: ["${server.host}:${server.port}:1"]
`,
  );
  proxy = await ServerProcess.start(process.execPath, [BINARY, 'proxy', '-c', file]);
  await proxy.ready(() => ask().catch(() => false), 20_000);
}

/** Whether the proxy takes a newcomer, and serves it. */
async function ask(): Promise<boolean> {
  const client = await connectRaw({ kind: 'tcp', host: '127.0.0.1', port });
  const reply = await client.command('SET', 'key', 'value');
  await client.close();
  return String(reply) === 'OK';
}

interface Range {
  readonly kvs?: readonly { readonly value: string }[];
}

/** What etcd has under proxies/. */
async function registered(): Promise<unknown[]> {
  const [key, range_end] = ['shardmux/proxies/', 'shardmux/proxies0'].map((text) => btoa(text));
  const { kvs = [] } = (await etcd.call('kv/range', { key, range_end })) as Range;
  return kvs.map(({ value }) => JSON.parse(atob(value)));
}

const untilRegistered = () =>
  expect
    .poll(registered, { timeout: 20_000 })
    .toEqual([{ address: `127.0.0.1:${port}`, pool: 'alpha', zone: 'here' }]);

test.each([1, 2])('%i workers are one proxy, found until it drains', async (workers) => {
  await start(`workers: ${workers}\ndrainDelay: 1500`);
  await untilRegistered();
  process.kill(proxy.pid, 'SIGTERM');
  await expect.poll(registered, { interval: 10 }).toEqual([]);
  expect(await ask()).toBe(true);
  expect(await proxy.exited).toEqual({ code: 0, signal: null });
});

test('a lease that is lost is taken anew', async () => {
  await start();
  await untilRegistered();
  const { leases } = (await etcd.call('lease/leases', {})) as { leases: readonly { ID: string }[] };
  for (const { ID } of leases) await etcd.call('lease/revoke', { ID });
  expect(await registered()).toEqual([]);
  await untilRegistered();
});

test('a store that is away disturbs nobody, and hears of the proxy when it is back', async () => {
  await etcd.kill();
  await start();
  expect(await ask()).toBe(true);
  await etcd.restart();
  await untilRegistered();
  etcd.freeze();
  expect(await ask()).toBe(true);
  process.kill(proxy.pid, 'SIGTERM');
  expect(await proxy.exited).toEqual({ code: 0, signal: null });
  etcd.thaw();
  // By its time.
  await expect.poll(registered, { timeout: 20_000 }).toEqual([]);
});
