import { context, metrics, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { connectRaw, type RedisServer, startRedis } from '@shardmux/testing';
import type { Result } from 'ioredis';
import { type CreateClientOptions, createClient } from 'shardmux';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { LocalContext, Sdk } from './support/sdk.js';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    mine(key: string): Result<number, Context>;
  }
}

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

function create(options: CreateClientOptions = {}) {
  const addresses = servers.map(({ host, port }) => `${host}:${port}:1`);
  const alpha = { servers: addresses, hash: 'murmur', telemetry: 'opentelemetry' };
  return createClient({ pools: { alpha } }, options);
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

test('calls that wait for the client to be connected keep the span that they were made under', async () => {
  const client = create();
  const [first, second, third] = await Promise.all([
    within('first', () => client.set('a', '1')),
    within('second', () => client.mget(KEYS)),
    within('third', () => client.multi().get('a').incr('a').exec()),
  ]);
  await client.quit();
  const parentOf = (name: string) => named(name).map((span) => span.parentSpanContext?.spanId);
  expect(parentOf('SET')).toEqual([idOf(first)]);
  expect(parentOf('MGET')).toContain(idOf(second));
  expect(parentOf('MULTI')).toContain(idOf(third));
});

test('a script that has to be sent again is traced under its own call', async () => {
  const client = create({ scripts: { mine: { lua: 'return 1', numberOfKeys: 1 } } });
  // On a connection that the script did not go out on, it would go along without being asked for.
  await client.mget(KEYS);
  const opening = await within('brings the script', () => client.mine('a'));
  for (const { endpoint } of servers) {
    const direct = await connectRaw(endpoint);
    await direct.command('SCRIPT', 'FLUSH');
    await direct.close();
  }
  const healed = await within('healed', () => client.mine('a'));
  await client.quit();
  expect(named('EVALSHA').map((span) => span.parentSpanContext?.spanId)).toEqual([idOf(healed)]);
  expect(named('EVAL').map((span) => span.parentSpanContext?.spanId)).toEqual([idOf(opening), idOf(healed)]);
});

test('a transaction is a batch of so many commands, a pipeline calls back where it was made', async () => {
  const client = create();
  const parent = await within('request', () => client.multi().set('a', '1').incr('a').incr('a').exec());
  const [batch] = named('MULTI').filter((span) => span.parentSpanContext?.spanId === idOf(parent));
  expect(batch.attributes['db.operation.batch.size']).toBe(3);
  const called = new Promise((resolve) => {
    within('pipeline', () =>
      client
        .pipeline()
        .get('a', () => resolve(trace.getActiveSpan()))
        .exec(),
    );
  });
  expect(await called).toMatchObject({ name: 'pipeline' });
  await client.quit();
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
