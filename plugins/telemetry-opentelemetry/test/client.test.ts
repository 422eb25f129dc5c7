import { context, metrics, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { type RedisServer, startRedis } from '@shardmux/testing';
import { createClient } from 'shardmux';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { LocalContext, Sdk } from './support/sdk.js';

const KEYS = Array.from({ length: 20 }, (_, i) => `key${i}`);

let servers: RedisServer[];
let sdk: Sdk;

beforeAll(async () => {
  servers = await Promise.all([startRedis(), startRedis()]);
  context.setGlobalContextManager(new LocalContext());
});

beforeEach(() => {
  trace.disable();
  metrics.disable();
  sdk = new Sdk();
  trace.setGlobalTracerProvider(sdk.tracerProvider);
  metrics.setGlobalMeterProvider(sdk.meterProvider);
});

afterAll(async () => {
  trace.disable();
  metrics.disable();
  context.disable();
  await Promise.all(servers.map((server) => server.stop()));
});

function create() {
  const addresses = servers.map(({ host, port }) => `${host}:${port}:1`);
  const alpha = { servers: addresses, hash: 'murmur', telemetry: 'opentelemetry' };
  return createClient({ pools: { alpha } });
}

/** Calls under a span of the application's. */
async function within<T>(name: string, call: () => Promise<T>): Promise<Span> {
  const span = trace.getTracer('app').startSpan(name);
  await context.with(trace.setSpan(ROOT_CONTEXT, span), call);
  return span;
}

const idOf = (span: Span | ReadableSpan) => span.spanContext().spanId;
const named = (name: string) => sdk.spans.filter((span) => span.name === name);

test('each call is traced under the span that it was made under', async () => {
  const client = create();
  await client.ping();
  const [first, second] = await Promise.all([
    within('first', () => client.set('a', '1')),
    within('second', () => client.get('a')),
  ]);
  await client.quit();
  expect(named('SET').map((span) => span.parentSpanContext?.spanId)).toEqual([idOf(first)]);
  expect(named('GET').map((span) => span.parentSpanContext?.spanId)).toEqual([idOf(second)]);
});

test('a pipeline over all servers is one operation, with its commands and their fragments in it', async () => {
  const client = create();
  const parent = await within('request', () => client.pipeline().mget(KEYS).get('a').exec());
  await client.quit();
  const [pipeline] = named('PIPELINE');
  expect(pipeline.parentSpanContext?.spanId).toBe(idOf(parent));
  expect(pipeline.attributes['db.operation.batch.size']).toBe(2);
  const inPipeline = sdk.spans.filter((span) => span.parentSpanContext?.spanId === idOf(pipeline));
  expect(inPipeline.map(({ name }) => name).toSorted()).toEqual(['GET', 'MGET']);
  const mget = inPipeline.find(({ name }) => name === 'MGET');
  const fragments = named('MGET').filter((span) => span !== mget);
  expect(fragments.map((span) => span.parentSpanContext?.spanId)).toEqual(
    [mget, mget].map((each) => each && idOf(each)),
  );
  const points = await sdk.points('db.client.operation.duration');
  expect(points.map(({ attributes }) => attributes['db.operation.name'])).toEqual(['PIPELINE']);
});

test('a closed client has no connections', async () => {
  const client = create();
  await client.mget(KEYS);
  const open = async () => (await sdk.points('db.client.connection.count')).map(({ value }) => value);
  expect(await open()).toEqual([1, 1]);
  await client.quit();
  expect(await open()).toEqual([0, 0]);
});
