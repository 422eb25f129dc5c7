import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { OperationObserver } from '@shardmux/plugin-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadApi, OpenTelemetry } from '../src/index.js';
import { alpha, answered, merged, one, two } from './support/pool.js';
import { LocalContext, Sdk } from './support/sdk.js';

const DURATION = 'db.client.operation.duration';
const common = {
  'db.system.name': 'redis',
  'db.namespace': '5',
  'db.client.connection.pool.name': 'alpha',
};
const atOne = { 'server.address': '10.0.0.1', 'server.port': 6379 };

beforeAll(() => {
  context.setGlobalContextManager(new LocalContext());
});
afterAll(() => context.disable());

function observe(sdk: Sdk, isSampled?: () => boolean): OperationObserver {
  const api = loadApi();
  const { meter, tracer } = sdk;
  const telemetry = new OpenTelemetry({ api, meter, tracer, ...(isSampled && { isSampled }) });
  return telemetry.observe(alpha).operations as OperationObserver;
}

async function durations(sdk: Sdk) {
  const points = await sdk.points(DURATION);
  return points.map(({ attributes, value }) => ({ attributes, count: (value as { count: number }).count }));
}

test('a command has a duration and a span, with the server that answered', async () => {
  const sdk = new Sdk();
  const operations = observe(sdk);
  const mark = operations.started({ kind: 'command', name: 'get', size: 1 }, null);
  operations.ended(mark, answered);

  const attributes = { ...common, 'db.operation.name': 'GET', ...atOne };
  expect(await durations(sdk)).toEqual([{ attributes, count: 1 }]);
  const [span] = sdk.spans;
  expect(span).toMatchObject({ name: 'GET', kind: SpanKind.CLIENT, attributes });
  expect(span.status.code).toBe(SpanStatusCode.UNSET);
});

test('a duration is in seconds, in the buckets that the conventions name', async () => {
  const sdk = new Sdk();
  const operations = observe(sdk);
  const mark = operations.started({ kind: 'command', name: 'get', size: 1 }, null);
  await new Promise((resolve) => setTimeout(resolve, 20));
  operations.ended(mark, answered);
  const [point] = await sdk.points(DURATION);
  const { buckets, sum } = point.value as { buckets: { boundaries: number[] }; sum: number };
  expect(buckets.boundaries).toEqual([0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]);
  expect(sum).toBeGreaterThan(0.015);
  expect(sum).toBeLessThan(5);
  const metrics = await sdk.metrics();
  expect(metrics.find(({ descriptor }) => descriptor.name === DURATION)?.descriptor.unit).toBe('s');
});

test('an error of the server is named by its first word, a failure by its reason', async () => {
  const sdk = new Sdk();
  const operations = observe(sdk);
  const start = () => operations.started({ kind: 'command', name: 'incr', size: 1 }, null);
  operations.ended(start(), { ...answered, errorCode: 'WRONGTYPE' });
  operations.ended(start(), { ...answered, node: two, failure: 'timeout' });
  operations.ended(start(), { ...merged, failure: 'refused' });

  const base = { ...common, 'db.operation.name': 'INCR' };
  const wrongType = {
    ...base,
    ...atOne,
    'error.type': 'WRONGTYPE',
    'db.response.status_code': 'WRONGTYPE',
  };
  const timeout = { ...base, 'server.address': '/run/two.sock', 'error.type': 'timeout' };
  const refused = { ...base, 'error.type': 'refused' };
  expect((await durations(sdk)).map(({ attributes }) => attributes)).toEqual([wrongType, timeout, refused]);
  expect(sdk.spans.map(({ attributes }) => attributes)).toEqual([wrongType, timeout, refused]);
  for (const { status } of sdk.spans) expect(status).toEqual({ code: SpanStatusCode.ERROR });
});

test('of a split command the fragments are spans within it, and it alone is counted', async () => {
  const sdk = new Sdk();
  const operations = observe(sdk);
  const mget = operations.started({ kind: 'command', name: 'mget', size: 3 }, null);
  const left = operations.started({ kind: 'fragment', name: 'mget', size: 2 }, mget);
  const right = operations.started({ kind: 'fragment', name: 'mget', size: 1 }, mget);
  operations.ended(left, answered);
  operations.ended(right, { ...answered, node: two });
  operations.ended(mget, merged);

  const attributes = { ...common, 'db.operation.name': 'MGET' };
  expect(await durations(sdk)).toEqual([{ attributes, count: 1 }]);
  const [first, second, whole] = sdk.spans;
  expect(whole.attributes).toEqual(attributes);
  expect(first.attributes).toEqual({ ...attributes, ...atOne, 'shardmux.fragment.keys': 2 });
  expect(second.attributes).toEqual({
    ...attributes,
    'server.address': '/run/two.sock',
    'shardmux.fragment.keys': 1,
  });
  for (const fragment of [first, second]) {
    expect(fragment.parentSpanContext?.spanId).toBe(whole.spanContext().spanId);
  }
});

test('a batch of like commands is named after them, and counted as one operation', async () => {
  const sdk = new Sdk();
  const operations = observe(sdk);
  const run = (...names: readonly string[]) => {
    const batch = operations.started({ kind: 'batch', name: 'pipeline', size: names.length }, null);
    const marks = names.map((name) => operations.started({ kind: 'command', name, size: 1 }, batch));
    for (const mark of marks) operations.ended(mark, answered);
    operations.ended(batch, merged);
  };
  run('get', 'get');
  run('get', 'set', 'get');
  run();

  const name = (operation: string) => ({ ...common, 'db.operation.name': operation });
  expect(await durations(sdk)).toEqual([
    { attributes: name('PIPELINE GET'), count: 1 },
    { attributes: name('PIPELINE'), count: 2 },
  ]);
  const batches = sdk.spans.filter((span) => span.name.startsWith('PIPELINE'));
  expect(batches.map((span) => [span.name, span.attributes])).toEqual([
    ['PIPELINE GET', { ...name('PIPELINE GET'), 'db.operation.batch.size': 2 }],
    ['PIPELINE', { ...name('PIPELINE'), 'db.operation.batch.size': 3 }],
    ['PIPELINE', { ...name('PIPELINE'), 'db.operation.batch.size': 0 }],
  ]);
  const parents = sdk.spans.map((span) => span.parentSpanContext?.spanId);
  const [like, mixed] = batches.map((span) => span.spanContext().spanId);
  expect(parents).toEqual([like, like, undefined, mixed, mixed, mixed, undefined, undefined]);
});

test('a transaction runs as one command, whose name says nothing of what is in it', () => {
  const sdk = new Sdk();
  const operations = observe(sdk);
  const batch = operations.started({ kind: 'batch', name: 'multi', size: 3 }, null);
  const run = operations.started({ kind: 'command', name: 'multi', size: 0 }, batch);
  operations.ended(run, answered);
  operations.ended(batch, merged);
  expect(sdk.spans.map(({ name }) => name)).toEqual(['MULTI', 'MULTI']);
  expect(sdk.spans[1].attributes['db.operation.batch.size']).toBe(3);
});

test('a batch of one command is that command', async () => {
  const sdk = new Sdk();
  const operations = observe(sdk);
  const tracer = sdk.tracerProvider.getTracer('app');
  const parent = tracer.startSpan('request');
  context.with(trace.setSpan(ROOT_CONTEXT, parent), () => {
    const batch = operations.started({ kind: 'batch', name: 'pipeline', size: 1 }, null);
    const get = operations.started({ kind: 'command', name: 'get', size: 1 }, batch);
    operations.ended(get, answered);
    operations.ended(batch, merged);
  });
  expect((await durations(sdk)).map(({ attributes }) => attributes['db.operation.name'])).toEqual(['GET']);
  expect(sdk.spans.map(({ name }) => name)).toEqual(['GET']);
  expect(sdk.spans[0].parentSpanContext?.spanId).toBe(parent.spanContext().spanId);
});

test('the parent is the context of the call, whatever is active when the reply comes', () => {
  const sdk = new Sdk();
  const operations = observe(sdk);
  const tracer = sdk.tracerProvider.getTracer('app');
  const [first, second] = [tracer.startSpan('first'), tracer.startSpan('second')];
  const start = () => operations.started({ kind: 'command', name: 'get', size: 1 }, null);
  const mark = context.with(trace.setSpan(ROOT_CONTEXT, first), start);
  context.with(trace.setSpan(ROOT_CONTEXT, second), () => operations.ended(mark, answered));
  const [span] = sdk.spans;
  expect(span.parentSpanContext?.spanId).toBe(first.spanContext().spanId);
  expect(span.spanContext().traceId).toBe(first.spanContext().traceId);
});

test('what is not sampled has no span, and neither has any part of it; its duration counts', async () => {
  const sdk = new Sdk();
  const answers = [false, true];
  const operations = observe(sdk, () => answers.shift() ?? true);
  for (const name of ['mget', 'get']) {
    const whole = operations.started({ kind: 'command', name, size: 2 }, null);
    const part = operations.started({ kind: 'fragment', name, size: 1 }, whole);
    operations.ended(part, answered);
    operations.ended(whole, merged);
  }
  expect(sdk.spans.map(({ name }) => name)).toEqual(['GET', 'GET']);
  expect(await durations(sdk)).toHaveLength(2);
});

test('attributes follow a server that has moved, though its name is the same', async () => {
  const sdk = new Sdk();
  const telemetry = new OpenTelemetry({ api: loadApi(), meter: sdk.meter, tracer: null });
  const observer = telemetry.observe(alpha);
  const operations = observer.operations as OperationObserver;
  const moved = { ...one, endpoint: { kind: 'tcp', host: '10.0.0.9', port: 6379 } } as const;
  for (const node of [one, moved]) {
    observer.topologyChanged(1, [node]);
    const mark = operations.started({ kind: 'command', name: 'get', size: 1 }, null);
    operations.ended(mark, { ...answered, node });
  }
  const addresses = (await durations(sdk)).map(({ attributes }) => attributes['server.address']);
  expect(addresses).toEqual(['10.0.0.1', '10.0.0.9']);
});
