import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api';
import { type DataPoint, MeterProvider, type MetricData, MetricReader } from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';

class Reader extends MetricReader {
  protected async onForceFlush(): Promise<void> {}
  protected async onShutdown(): Promise<void> {}
}

/** OpenTelemetry's own SDK, which keeps what it is told. */
export class Sdk {
  readonly #reader = new Reader();
  readonly #exporter = new InMemorySpanExporter();
  readonly meterProvider = new MeterProvider({ readers: [this.#reader] });
  readonly tracerProvider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(this.#exporter)],
  });

  get meter() {
    return this.meterProvider.getMeter('test');
  }

  get tracer() {
    return this.tracerProvider.getTracer('test');
  }

  /** In the order in which they ended. */
  get spans(): ReadableSpan[] {
    return this.#exporter.getFinishedSpans();
  }

  async metrics(): Promise<MetricData[]> {
    const { resourceMetrics, errors } = await this.#reader.collect();
    if (errors.length > 0) throw errors[0];
    return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
  }

  async points(name: string): Promise<DataPoint<unknown>[]> {
    const all = await this.metrics();
    return all.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? [];
  }
}

/** Carries the context through asynchronous calls, as an application's SDK does. */
export class LocalContext implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    call: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#storage.run(context, () => call.apply(thisArg, args));
  }

  bind<T>(context: Context, target: T): T {
    if (typeof target !== 'function') return target;
    return ((...args: unknown[]) => this.#storage.run(context, () => target(...args))) as T;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    return this;
  }
}
