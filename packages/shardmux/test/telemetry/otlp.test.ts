import { connectRaw } from '@shardmux/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { attributeOf, Collector, type OtlpSpan } from '../support/collector.js';
import { ObservedProxy } from '../support/observed-proxy.js';

const KEYS = Array.from({ length: 20 }, (_, i) => `key${i}`);

let collector: Collector;
let proxy: ObservedProxy | null = null;

beforeEach(async () => {
  collector = new Collector();
  await collector.start();
});

afterEach(async () => {
  await proxy?.stop();
  await collector.stop();
  proxy = null;
});

/** @param settings of the exporter, in flow style. */
async function start(settings: string, url = collector.url): Promise<ObservedProxy> {
  proxy = await ObservedProxy.start(() => `{ otlp: { endpoint: "${url}", ${settings} } }`);
  return proxy;
}

async function drive(target: ObservedProxy): Promise<void> {
  const client = await connectRaw(target.endpoint);
  await client.command('SET', 'key0', 'x');
  await client.command('MGET', ...KEYS);
  await client.close();
}

const named = (name: string): OtlpSpan[] => collector.spans.filter((span) => span.name === name);

test('what is left is sent when the proxy stops: metrics and traces, each to its path, with the headers', async () => {
  const target = await start('sample: 1, headers: { x-token: secret }');
  await drive(target);
  expect(collector.deliveries).toEqual([]);
  await target.stopProxy();
  const paths = collector.deliveries.map(({ path }) => path);
  expect(new Set(paths)).toEqual(new Set(['/v1/metrics', '/v1/traces']));
  for (const { headers } of collector.deliveries) expect(headers['x-token']).toBe('secret');
  const [set] = named('SET');
  expect(attributeOf(set, 'db.operation.name')).toBe('SET');
  expect(collector.metrics).toEqual(
    expect.arrayContaining([
      'db.client.operation.duration',
      'db.client.connection.count',
      'shardmux.server.duration',
    ]),
  );
});

test('the spans of fragments are in that of their command, each with its server', async () => {
  const target = await start('sample: 1');
  await drive(target);
  await target.stopProxy();
  const [whole, ...parts] = named('MGET').toSorted(
    (a, b) => (a.parentSpanId ?? '').length - (b.parentSpanId ?? '').length,
  );
  expect(parts).toHaveLength(2);
  expect(whole.parentSpanId ?? '').toBe('');
  for (const part of parts) {
    expect(part.parentSpanId).toBe(whole.spanId);
    expect(part.traceId).toBe(whole.traceId);
  }
  const ports = parts.map((part) => attributeOf(part, 'server.port')).toSorted();
  expect(ports).toEqual(target.servers.map(({ port }) => String(port)).toSorted());
  const keys = parts.map((part) => Number(attributeOf(part, 'shardmux.fragment.keys')));
  expect(keys[0] + keys[1]).toBe(KEYS.length);
});

test('metrics come at the interval, from a process that says who it is', async () => {
  await start('interval: 100, sample: 0');
  await vi.waitUntil(() => collector.deliveries.length >= 2, { timeout: 5_000 });
  expect(collector.deliveries.every(({ path }) => path === '/v1/metrics')).toBe(true);
  expect([...collector.senders('service.name')]).toEqual(['shardmux']);
  const [instance] = collector.senders('service.instance.id');
  expect(instance).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
});

test('a collector that is away is told of once, and keeps nobody from being served or from ending', async () => {
  const target = await start('interval: 100, sample: 1', 'http://127.0.0.1:1');
  await drive(target);
  const warnings = () => target.log.filter((line) => line.startsWith('metrics cannot be sent: '));
  await vi.waitUntil(() => warnings().length > 0, { timeout: 10_000 });
  await drive(target);
  const begun = performance.now();
  await target.stopProxy();
  expect(performance.now() - begun).toBeLessThan(5_000);
  expect(warnings()).toHaveLength(1);
});
