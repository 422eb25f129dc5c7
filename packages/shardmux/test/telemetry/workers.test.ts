import { readFileSync } from 'node:fs';
import {
  connectRaw,
  freePort,
  type RedisServer,
  ServerProcess,
  startRedis,
  TemporaryFolder,
} from '@shardmux/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Collector } from '../support/collector.js';
import { readMetrics, readPage, sumOf } from '../support/read-metrics.js';
import { BINARY, shardmux } from '../support/run-command.js';

const COUNT = 'db_client_operation_duration_count';
const folder = new TemporaryFolder();
const collector = new Collector();
let file: string;
let port: number;
let clientPort: number;
let server: RedisServer;
let primary: ServerProcess;

beforeAll(async () => {
  [server, port, clientPort] = [await startRedis(), await freePort(), await freePort()];
  await collector.start();
  file = folder.write(
    'config.yml',
    `
workers: 2
stats: { listen: null }
telemetry:
  listen: 127.0.0.1:${port}
  slowlog: { threshold: 0, length: 30 }
  otlp: { endpoint: "${collector.url}", interval: 200, sample: 1 }
pools:
  alpha:
    listen: 127.0.0.1:${clientPort}
    servers: ["127.0.0.1:${server.port}:1 one"]
`,
  );
  primary = await ServerProcess.start(process.execPath, [BINARY, 'proxy', '-c', file]);
  await primary.ready(async () => {
    const response = await readPage(port, '/latency').catch(() => null);
    return response?.status === 200;
  }, 20_000);
});

afterAll(async () => {
  await primary?.stop();
  await server?.stop();
  await collector.stop();
  folder.remove();
});

function workerPids(): number[] {
  const children = readFileSync(`/proc/${primary.pid}/task/${primary.pid}/children`, 'utf8');
  return children.trim().split(/\s+/).map(Number);
}

/** Gives both workers something to do. */
async function drive(sessions: number, commands: number): Promise<void> {
  const endpoint = { kind: 'tcp', host: '127.0.0.1', port: clientPort } as const;
  const clients = await Promise.all(Array.from({ length: sessions }, () => connectRaw(endpoint)));
  await Promise.all(
    clients.map((client) => client.pipeline(Array.from({ length: commands }, () => ['GET', 'key']))),
  );
  await Promise.all(clients.map((client) => client.close()));
}

test('one endpoint tells what all workers have counted, and whose it is', async () => {
  await drive(20, 5);
  const lines = await readMetrics(port);
  expect(sumOf(lines, COUNT, { db_operation_name: 'GET' })).toBe(100);
  const shares = ['1', '2'].map((worker) => sumOf(lines, COUNT, { worker }));
  expect(shares[0] + shares[1]).toBe(100);
  expect(Math.min(...shares)).toBeGreaterThan(0);
  const families = (await (await readPage(port, '/metrics')).text()).match(/^# TYPE (\S+)/gm) ?? [];
  expect(new Set(families).size).toBe(families.length);
});

test('the command line shows the slow log of all workers together', async () => {
  await drive(20, 5);
  const { status, stdout } = shardmux('slowlog', '-c', file);
  expect(status).toBe(0);
  const [head, ...rows] = stdout.trimEnd().split('\n');
  expect(head).toMatch(/^TIME +MS +COMMAND +KEYS +POOL +SERVER +OUTCOME$/);
  expect(rows).toHaveLength(30);
  const row = /^\d{4}-\d\d-\d\dT[\d:.]+Z +\d+\.\d +get +1 +alpha +one +ok$/;
  for (const line of rows) expect(line).toMatch(row);
  const times = rows.map((line) => line.slice(0, 24));
  expect(times).toEqual(times.toSorted().reverse());
});

test('the command line shows latencies, as a table and as JSON', async () => {
  await drive(2, 5);
  const [head, row, ...others] = shardmux('latency', '-c', file, '--pool', 'alpha').stdout.split('\n');
  expect(head).toMatch(/^POOL +SERVER +COUNT +MEAN +P50 +P90 +P99 +P99\.9 +MAX$/);
  expect(row).toMatch(/^alpha +one +\d+( +\d+\.\d\d){6}$/);
  expect(others).toEqual(['']);
  const [latency] = JSON.parse(shardmux('latency', '-c', file, '--json').stdout);
  expect(latency).toMatchObject({ pool: 'alpha', server: 'one' });
  expect(latency.count).toBe(sumOf(await readMetrics(port), 'shardmux_server_duration_count'));
});

test('every worker sends for itself', async () => {
  await vi.waitUntil(() => collector.senders('service.instance.id').size === 2, { timeout: 5_000 });
  await drive(20, 5);
  await vi.waitUntil(() => collector.spans.length > 0, { timeout: 10_000 });
});

test('who takes a dead worker’s place takes its number, and what is served goes on', async () => {
  const [victim] = workerPids();
  process.kill(victim, 'SIGKILL');
  await vi.waitUntil(() => workerPids().length === 2 && !workerPids().includes(victim), { timeout: 10_000 });
  await vi.waitUntil(
    async () => {
      await drive(10, 1);
      const lines = await readMetrics(port);
      const workers = new Set(lines.filter(({ name }) => name === COUNT).map(({ labels }) => labels.worker));
      return workers.has('1') && workers.has('2') && workers.size === 2;
    },
    { timeout: 10_000, interval: 200 },
  );
});
