import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  connectRaw,
  freePort,
  type RedisServer,
  ServerProcess,
  startRedis,
  TemporaryFolder,
} from '@shardmux/testing';
import { afterAll, afterEach, expect, test } from 'vitest';
import { readPage } from '../support/read-metrics.js';
import { BINARY } from '../support/run-command.js';

const folder = new TemporaryFolder();
let server: RedisServer;
let proxy: ServerProcess;
let port: number;
let clientPort: number;

afterAll(() => folder.remove());

afterEach(async () => {
  await proxy?.stop();
  await server?.stop();
});

/** Starts a proxy in front of one server. Resolves when it answers /livez. */
async function start(top: string, servers?: (address: string) => string): Promise<void> {
  [server, port, clientPort] = [await startRedis(), await freePort(), await freePort()];
  const address = `${server.host}:${server.port}`;
  const file = folder.write(
    `${port}.yml`,
    `
stats: { listen: null }
health: { listen: "127.0.0.1:${port}" }
${top}
pools:
  alpha:
    listen: 127.0.0.1:${clientPort}
    failover: { use: auto-eject, failureLimit: 1, retryTimeout: 100 }
    timeout: 500
    ${servers?.(address) ?? `servers: ["${address}:1 one"]`}
`,
  );
  proxy = await ServerProcess.start(process.execPath, [BINARY, 'proxy', '-c', file]);
  await proxy.ready(async () => {
    const response = await readPage(port, '/livez').catch(() => null);
    return response?.status === 200;
  }, 20_000);
}

async function health(path: string): Promise<[status: number, body: string]> {
  const response = await readPage(port, path);
  return [response.status, await response.text()];
}

const untilReady = () => expect.poll(() => health('/readyz'), { timeout: 20_000 }).toEqual([200, 'ready\n']);

const open = () => connectRaw({ kind: 'tcp', host: '127.0.0.1', port: clientPort });

test.each([1, 2])(
  '%i workers that drain say so at once, and serve newcomers for drainDelay',
  async (workers) => {
    await start(`drainDelay: 1500\nworkers: ${workers}`);
    await untilReady();
    expect(await health('/livez')).toEqual([200, 'live\n']);
    expect(await health('/metrics')).toEqual([404, '']);
    process.kill(proxy.pid, 'SIGTERM');
    await expect.poll(() => health('/readyz'), { interval: 10 }).toEqual([503, 'draining\n']);
    expect(await health('/livez')).toEqual([200, 'live\n']);
    const newcomer = await open();
    expect(String(await newcomer.command('SET', 'key', 'value'))).toBe('OK');
    await newcomer.close();
    expect(await proxy.exited).toEqual({ code: 0, signal: null });
  },
);

test('a pool without a server in service is not ready, until one is back', async () => {
  await start('');
  await untilReady();
  await server.kill();
  const client = await open();
  await client.command('GET', 'key');
  await expect.poll(() => health('/readyz')).toEqual([503, 'pool alpha has no server in service\n']);
  expect(await health('/livez')).toEqual([200, 'live\n']);
  await server.restart();
  await untilReady();
  await client.close();
});

test('a pool that still looks for its servers is live, but not ready', async () => {
  const silent = await startRedis();
  silent.freeze();
  try {
    await start('', () => `topology: { use: redis-cluster, seeds: ["${silent.host}:${silent.port}"] }`);
    expect(await health('/readyz')).toEqual([503, 'pool alpha does not listen yet\n']);
  } finally {
    silent.thaw();
    await silent.stop();
  }
});

test('all workers must be ready', async () => {
  await start('workers: 2');
  await untilReady();
  const children = readFileSync(`/proc/${proxy.pid}/task/${proxy.pid}/children`, 'utf8');
  const [worker] = children.trim().split(/\s+/).map(Number);
  process.kill(worker, 'SIGSTOP');
  expect(await health('/readyz')).toEqual([503, expect.stringMatching(/^worker [12] does not answer\n$/)]);
  process.kill(worker, 'SIGKILL');
  await expect.poll(() => health('/readyz')).toEqual([503, '1 of 2 workers do not serve yet\n']);
  await untilReady();
  process.kill(proxy.pid, 'SIGTERM');
  expect(await proxy.exited).toEqual({ code: 0, signal: null });
});

test('a balancer may ask without saying whom', async () => {
  await start('');
  await untilReady();
  const socket = connect(port, '127.0.0.1').end('GET /readyz HTTP/1.0\r\n\r\n');
  expect(await text(socket)).toMatch(/^HTTP\/1.1 200 OK\r\n.*ready\n$/s);
});
