import { API_VERSION, definePlugin, type Plugin } from '@shardmux/plugin-api';
import { loadApi } from './api.js';
import { OpenTelemetry } from './open-telemetry.js';
import { type OpenTelemetryOptions, optionsSchema } from './options.js';

export { loadApi } from './api.js';
export { serverAttributes } from './attributes.js';
export { Attribute, type DurationDefinition, operationDuration } from './conventions.js';
export { type Instruments, OpenTelemetry } from './open-telemetry.js';
export type { OpenTelemetryOptions };

/** What records it, for those who receive it: OpenTelemetry's instrumentation scope. */
export const SCOPE = '@shardmux/plugin-telemetry-opentelemetry';

export const plugins: readonly Plugin<'telemetry', OpenTelemetryOptions>[] = [
  definePlugin({
    kind: 'telemetry',
    name: 'opentelemetry',
    apiVersion: API_VERSION,
    optionsSchema,
    create({ metrics, spans }) {
      const api = loadApi();
      return new OpenTelemetry({
        api,
        meter: metrics ? api.metrics.getMeter(SCOPE) : null,
        tracer: spans ? api.trace.getTracer(SCOPE) : null,
      });
    },
  }),
];
