import { type RecordedOperation, telemetrySuite } from '@shardmux/conformance';
import { test } from 'vitest';
import { loadApi, OpenTelemetry } from '../src/index.js';
import { Sdk } from './support/sdk.js';

let sdk: Sdk;

function create(): OpenTelemetry {
  sdk = new Sdk();
  return new OpenTelemetry({ api: loadApi(), meter: sdk.meter, tracer: sdk.tracer });
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

for (const { promise, check } of telemetrySuite(create, { recorded })) test(promise, check);
