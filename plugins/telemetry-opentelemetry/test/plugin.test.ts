import { metrics, trace } from '@opentelemetry/api';
import type { OperationObserver } from '@shardmux/plugin-api';
import { afterEach, expect, test } from 'vitest';
import { plugins } from '../src/index.js';
import { alpha, answered } from './support/pool.js';
import { Sdk } from './support/sdk.js';

const [plugin] = plugins;

function check(options: unknown) {
  const result = plugin.optionsSchema?.['~standard'].validate(options);
  if (result === undefined || result instanceof Promise) throw new Error('no answer');
  return result;
}

afterEach(() => {
  metrics.disable();
  trace.disable();
});

test('options are checked, and filled in', () => {
  expect(check({})).toEqual({ value: { metrics: true, spans: true } });
  expect(check({ spans: false })).toEqual({ value: { metrics: true, spans: false } });
  expect(check({ span: false, metrics: 'yes' }).issues).toEqual([
    { path: ['span'], message: 'must be left out: the options are metrics and spans' },
    { path: ['metrics'], message: 'must be true or false' },
  ]);
  expect(check([]).issues).toEqual([{ message: 'must be a mapping' }]);
});

test.each([
  [{ metrics: true, spans: true }, 1, 1],
  [{ metrics: true, spans: false }, 1, 0],
  [{ metrics: false, spans: true }, 0, 1],
])('records %o with the SDK that the application has registered', async (options, points, spans) => {
  const sdk = new Sdk();
  metrics.setGlobalMeterProvider(sdk.meterProvider);
  trace.setGlobalTracerProvider(sdk.tracerProvider);
  const telemetry = plugin.create(options);
  const operations = telemetry.observe(alpha).operations as OperationObserver;
  operations.ended(operations.started({ kind: 'command', name: 'get', size: 1 }, null), answered);
  expect(await sdk.points('db.client.operation.duration')).toHaveLength(points);
  expect(sdk.spans).toHaveLength(spans);
});

test('with nothing to record, operations are of no interest', () => {
  const telemetry = plugin.create({ metrics: false, spans: false });
  expect(telemetry.observe(alpha).operations).toBeNull();
});

test('without an SDK nothing is recorded, and nothing fails', async () => {
  const telemetry = plugin.create({ metrics: true, spans: true });
  const operations = telemetry.observe(alpha).operations as OperationObserver;
  const mark = operations.started({ kind: 'command', name: 'get', size: 1 }, null);
  expect(() => operations.ended(mark, answered)).not.toThrow();
  await telemetry.stop();
});
