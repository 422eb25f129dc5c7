import type { Context, Span } from '@opentelemetry/api';
import type { Operation } from '@shardmux/plugin-api';
import type { NamedAttributes } from './attributes.js';

/** By the conventions a batch of one command is no batch, but the command. */
export function isHollow({ kind, size }: Operation): boolean {
  return kind === 'batch' && size === 1;
}

/** What is known of one operation until it ends. */
export class Mark {
  readonly attributes: NamedAttributes;
  readonly begun = performance.now();
  /** What it is traced under; `null` where it is not traced, and none of its parts is. */
  readonly context: Context | null;
  readonly span: Span | null;
  /** Whether it is what the application called, and no part of that. */
  readonly isCounted: boolean;
  /** Of a batch: what all its commands so far are called; `null` where they differ. */
  commandName: string | null | undefined;
  readonly #isBatch: boolean;
  readonly #isHollow: boolean;

  constructor(
    operation: Operation,
    attributes: NamedAttributes,
    within: Mark | null,
    context: Context | null,
    span: Span | null,
  ) {
    this.attributes = attributes;
    this.context = context;
    this.span = span;
    this.#isHollow = isHollow(operation);
    this.#isBatch = operation.kind === 'batch' && !this.#isHollow;
    this.isCounted =
      operation.kind !== 'fragment' && !this.#isHollow && (within === null || within.#isHollow);
  }

  /** A part of it has started. */
  has({ name }: NamedAttributes): void {
    // A transaction runs as one command of its own name, which tells nothing of those that it is made of.
    if (!this.#isBatch || name === this.attributes.name) return;
    if (this.commandName === undefined) this.commandName = name;
    else if (this.commandName !== name) this.commandName = null;
  }
}
