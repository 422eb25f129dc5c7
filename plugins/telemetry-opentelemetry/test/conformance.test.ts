import { metrics, trace } from '@opentelemetry/api';
import { type RecordedOperation, telemetrySuite } from '@shardmux/conformance';
import type { Telemetry } from '@shardmux/plugin-api';
import { afterAll, describe, test } from 'vitest';
import { plugins } from '../src/index.js';
import { Sdk } from './support/sdk.js';

let sdk: Sdk;

afterAll(unregister);

function unregister(): void {
  metrics.disable();
  trace.disable();
}

/** Registers an SDK of its own first, as an application does. */
function withSdk(create: () => Telemetry): Telemetry {
  unregister();
  sdk = new Sdk();
  metrics.setGlobalMeterProvider(sdk.meterProvider);
  trace.setGlobalTracerProvider(sdk.tracerProvider);
  return create();
}

/** Of the instance that was created last. */
function recorded(): RecordedOperation[] {
  const names = new Map(sdk.spans.map((span) => [span.spanContext().spanId, span.name.toLowerCase()]));
  return sdk.spans.map(({ name, parentSpanContext, attributes }) => ({
    name: name.toLowerCase(),
    within: names.get(parentSpanContext?.spanId ?? '') ?? null,
    error: (attributes['error.type'] as string | undefined) ?? null,
  }));
}

describe.each(plugins)('$name', ({ create }) => {
  const suite = telemetrySuite(() => withSdk(() => create({ metrics: true, spans: true })), { recorded });
  for (const { promise, check } of suite) test(promise, check);
});
