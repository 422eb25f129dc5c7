import { request } from 'node:http';
import { connectRaw, freePort, type RawClient } from '@shardmux/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProxy } from '../../src/service/create-proxy.js';
import type { LatencyDocument, SlowLogDocument } from '../../src/telemetry/documents.js';
import { ObservedProxy } from '../support/observed-proxy.js';
import { type MetricLine, readMetrics, readPage, sumOf } from '../support/read-metrics.js';

const COUNT = 'db_client_operation_duration_count';
const KEYS = Array.from({ length: 20 }, (_, i) => `key${i}`);

let proxy: ObservedProxy;
let client: RawClient;

beforeAll(async () => {
  proxy = await ObservedProxy.start(
    (port) => `{ listen: "127.0.0.1:${port}", slowlog: { threshold: 0, length: 5 } }`,
  );
  client = await connectRaw(proxy.endpoint, { strings: true });
});

afterAll(async () => {
  await client?.close();
  await proxy?.stop();
});

/** What one thing adds to the metrics. */
async function added(act: () => Promise<unknown>) {
  const before = await readMetrics(proxy.port);
  await act();
  const after = await readMetrics(proxy.port);
  return (name: string, labels?: Record<string, string>) =>
    sumOf(after, name, labels) - sumOf(before, name, labels);
}

const addressOf = (line: MetricLine) => `${line.labels.server_address}:${line.labels.server_port}`;

test('commands are counted once, by name and server', async () => {
  const count = await added(() => client.pipeline(KEYS.map((key) => ['SET', key, 'x'])));
  expect(count(COUNT)).toBe(20);
  expect(count(COUNT, { db_operation_name: 'SET', db_system_name: 'redis', db_namespace: '0' })).toBe(20);
  const perServer = proxy.servers.map(({ port }) => count(COUNT, { server_port: String(port) }));
  expect(perServer[0] + perServer[1]).toBe(20);
  expect(Math.min(...perServer)).toBeGreaterThan(0);
  expect(count('shardmux_server_duration_count')).toBe(20);
});

test('a split command is one operation, and a request to each of its servers', async () => {
  const count = await added(() => client.command('MGET', ...KEYS));
  expect(count(COUNT)).toBe(1);
  expect(count(COUNT, { db_operation_name: 'MGET' })).toBe(1);
  expect(count('shardmux_server_duration_count')).toBe(2);
  for (const { port } of proxy.servers) {
    expect(count('shardmux_server_duration_count', { server_port: String(port) })).toBe(1);
  }
});

test('an error is told by its first word', async () => {
  await client.command('LPUSH', 'list', 'x');
  const count = await added(() => client.command('GET', 'list'));
  const labels = { error_type: 'WRONGTYPE', db_response_status_code: 'WRONGTYPE', db_operation_name: 'GET' };
  expect(count(COUNT, labels)).toBe(1);
});

test('buckets are cumulative, and end with all', async () => {
  await client.command('GET', 'key0');
  const lines = await readMetrics(proxy.port);
  for (const name of ['db_client_operation_duration', 'shardmux_server_duration']) {
    const totals = lines.filter((line) => line.name === `${name}_count`);
    expect(totals.length).toBeGreaterThan(0);
    for (const { labels, value } of totals) {
      const buckets = lines.filter((line) => {
        const { le, ...others } = line.labels;
        return line.name === `${name}_bucket` && JSON.stringify(others) === JSON.stringify(labels);
      });
      const counts = buckets.map((bucket) => bucket.value);
      expect(counts).toEqual(counts.toSorted((a, b) => a - b));
      expect(buckets.at(-1)).toMatchObject({ value, labels: { le: '+Inf' } });
    }
  }
});

test('connections are told server by server', async () => {
  const lines = await readMetrics(proxy.port);
  const open = lines.filter(({ name }) => name === 'db_client_connection_count');
  const expected = proxy.servers.map(({ host, port }) => `${host}:${port}`);
  expect(open.map(addressOf).toSorted()).toEqual(expected.toSorted());
  expect(open.map(({ value, labels }) => [value, labels.db_client_connection_state])).toEqual([
    [1, 'used'],
    [1, 'used'],
  ]);
  expect(sumOf(lines, 'db_client_connection_create_time_count')).toBe(2);
  expect(sumOf(lines, 'shardmux_server_available')).toBe(2);
});

test('the slow log holds the last commands, with the number of their keys', async () => {
  await client.pipeline([
    ['SET', 'a', '1'],
    ['INCRBY', 'list', '1'],
    ['MGET', ...KEYS],
  ]);
  const { threshold, commands } = (await (await readPage(proxy.port, '/slowlog')).json()) as SlowLogDocument;
  expect(threshold).toBe(0);
  expect(commands).toHaveLength(5);
  const byName = new Map(commands.map((command) => [command.command, command]));
  expect(byName.get('mget')).toMatchObject({ keys: 20, pool: 'alpha', outcome: 'ok' });
  expect(['one', 'two']).toContain(byName.get('mget')?.server);
  expect(byName.get('incrby')).toMatchObject({ keys: 1, outcome: 'WRONGTYPE' });
  for (const { time, duration } of commands) {
    expect(Math.abs(Date.now() - time)).toBeLessThan(10_000);
    expect(duration).toBeGreaterThan(0);
  }
});

test('latencies are told server by server', async () => {
  const lines = await readMetrics(proxy.port);
  const { servers } = (await (await readPage(proxy.port, '/latency')).json()) as LatencyDocument;
  expect(servers.map(({ pool, server }) => [pool, server]).toSorted()).toEqual([
    ['alpha', 'one'],
    ['alpha', 'two'],
  ]);
  const total = servers.reduce((sum, { count }) => sum + count, 0);
  expect(total).toBe(sumOf(lines, 'shardmux_server_duration_count'));
  for (const { mean, p50, p90, p99, p999, max } of servers) {
    const ordered = [p50, p90, p99, p999, max];
    expect(ordered).toEqual(ordered.toSorted((a, b) => a - b));
    expect(p50).toBeGreaterThan(0);
    expect(mean).toBeLessThanOrEqual(max);
  }
});

test('what is not asked for properly is refused', async () => {
  expect((await readPage(proxy.port, '/')).status).toBe(404);
  expect((await readPage(proxy.port, '/constructor')).status).toBe(404);
  expect((await readPage(proxy.port, '/metrics', { method: 'POST' })).status).toBe(405);
  expect((await readPage(proxy.port, '/metrics?name=x')).status).toBe(200);
});

test('a page in a browser cannot read it by a name of its own', async () => {
  const statusFor = (host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = { host };
      request({ host: '127.0.0.1', port: proxy.port, path: '/slowlog', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
  expect(await statusFor('rebound.example:9464')).toBe(403);
  expect(await statusFor('127.0.0.1.example')).toBe(403);
  expect(await statusFor('localhost:9464')).toBe(200);
  expect(await statusFor('[::1]:9464')).toBe(200);
});

test('a port that is taken keeps the proxy from starting, and leaves nothing listening', async () => {
  const pool = await freePort();
  const yaml = `
stats: { listen: null }
telemetry: { listen: "127.0.0.1:${proxy.port}" }
pools: { beta: { listen: "127.0.0.1:${pool}", servers: ["127.0.0.1:1:1"] } }
`;
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const other = createProxy({ yaml }, { logger: silent });
  await expect(other.start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await expect(connectRaw({ kind: 'tcp', host: '127.0.0.1', port: pool })).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  });
});
