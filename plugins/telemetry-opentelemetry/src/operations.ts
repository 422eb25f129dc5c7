import type { Attributes, Context, Histogram, Span, Tracer } from '@opentelemetry/api';
import type { ObservedPool, Operation, OperationObserver, Outcome } from '@shardmux/plugin-api';
import type { Api } from './api.js';
import {
  errorAttributes,
  type NamedAttributes,
  OperationAttributes,
  serverAttributes,
} from './attributes.js';
import { Attribute } from './conventions.js';
import { isHollow, Mark } from './mark.js';

/** Where the two ends of an operation are told. `null`: not at all. */
export interface OperationSinks {
  readonly durations: Pick<Histogram, 'record'> | null;
  readonly tracer: Tracer | null;
  /** Whether an operation that nothing else contains is traced, with all its parts. */
  readonly isSampled: () => boolean;
}

/**
 * Durations and spans of one pool's operations.
 *
 *   batch ──► command ──► fragment     one span each, under the context of the call
 *   └── or ───┘                        one duration: of what the application called, and of nothing in it
 *
 * So durations add up to what was called, and a server's part in it is in the spans.
 */
export class Operations implements OperationObserver<Mark> {
  readonly #api: Api;
  readonly #sinks: OperationSinks;
  readonly #attributes: OperationAttributes;

  constructor(api: Api, pool: ObservedPool, sinks: OperationSinks) {
    this.#api = api;
    this.#sinks = sinks;
    this.#attributes = new OperationAttributes(pool);
  }

  started(operation: Operation, within: Mark | null): Mark {
    const attributes = this.#attributes.named(operation.name);
    within?.has(attributes);
    const context = within === null ? this.#rootContext() : this.#contextWithin(within);
    const isTraced = context !== null && !isHollow(operation);
    const span = isTraced ? this.#startSpan(operation, attributes, context) : null;
    return new Mark(operation, attributes, within, context, span);
  }

  ended(mark: Mark, outcome: Outcome): void {
    const { span, commandName, attributes } = mark;
    const named = commandName ? this.#attributes.named(`${attributes.name} ${commandName}`) : attributes;
    if (mark.isCounted) {
      this.#sinks.durations?.record((performance.now() - mark.begun) / 1_000, named.of(outcome));
    }
    if (span === null) return;
    if (named !== attributes) span.updateName(named.name).setAttribute(Attribute.operation, named.name);
    this.#endSpan(span, outcome);
  }

  /** The pool has other servers. */
  topologyChanged(): void {
    this.#attributes.clear();
  }

  #rootContext(): Context | null {
    const { tracer, isSampled } = this.#sinks;
    return tracer !== null && isSampled() ? this.#api.context.active() : null;
  }

  #contextWithin({ context, span }: Mark): Context | null {
    return context === null || span === null ? context : this.#api.trace.setSpan(context, span);
  }

  #startSpan({ kind, size }: Operation, { name, initial }: NamedAttributes, context: Context): Span {
    let attributes: Attributes = initial;
    if (kind === 'batch') attributes = { ...initial, [Attribute.batchSize]: size };
    else if (kind === 'fragment') attributes = { ...initial, [Attribute.fragmentKeys]: size };
    const { tracer } = this.#sinks;
    return (tracer as Tracer).startSpan(name, { kind: this.#api.SpanKind.CLIENT, attributes }, context);
  }

  /** The status has no message: a server's words may repeat a key. */
  #endSpan(span: Span, outcome: Outcome): void {
    if (outcome.node !== null) span.setAttributes(serverAttributes(outcome.node));
    if (outcome.failure !== null || outcome.errorCode !== null) {
      span.setAttributes(errorAttributes(outcome));
      span.setStatus({ code: this.#api.SpanStatusCode.ERROR });
    }
    span.end();
  }
}
