import { PluginError, type PluginKind } from '@shardmux/plugin-api';

/** What a configuration or a program names as a plugin leads to none of that kind. */
export class PluginReferenceError extends PluginError {
  /** What it must be instead, as the rest of a sentence: `must be …`. */
  readonly expected: string;

  constructor(code: string, kind: PluginKind, use: string, expected: string, options?: ErrorOptions) {
    super(code, `${kind} plugin ${JSON.stringify(use)} ${expected}`, options);
    this.expected = expected;
  }
}
