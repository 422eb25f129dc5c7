import { createRequire } from 'node:module';

/** The API of OpenTelemetry, as a value: it is loaded by who first asks, so that it costs no start-up otherwise. */
export type Api = typeof import('@opentelemetry/api');

const require = createRequire(import.meta.url);

/** @throws the system's error where the package is not installed. */
export function loadApi(): Api {
  return require('@opentelemetry/api') as Api;
}
