import { createRequire } from 'node:module';

/*
 * OpenTelemetry's SDK. It takes longer to load than all the rest of a proxy, so that it is loaded when a
 * configuration asks for it, and not before.
 */

const require = createRequire(import.meta.url);

type MetricsSdk = typeof import('@opentelemetry/sdk-metrics');
type TraceSdk = typeof import('@opentelemetry/sdk-trace-base');
type Resources = typeof import('@opentelemetry/resources');
type Prometheus = typeof import('@opentelemetry/exporter-prometheus');
type OtlpMetrics = typeof import('@opentelemetry/exporter-metrics-otlp-http');
type OtlpTraces = typeof import('@opentelemetry/exporter-trace-otlp-http');

export const loadMetricsSdk = () => require('@opentelemetry/sdk-metrics') as MetricsSdk;
export const loadTraceSdk = () => require('@opentelemetry/sdk-trace-base') as TraceSdk;
export const loadResources = () => require('@opentelemetry/resources') as Resources;
export const loadPrometheus = () => require('@opentelemetry/exporter-prometheus') as Prometheus;
export const loadOtlpMetrics = () => require('@opentelemetry/exporter-metrics-otlp-http') as OtlpMetrics;
export const loadOtlpTraces = () => require('@opentelemetry/exporter-trace-otlp-http') as OtlpTraces;
