import type { SchemaIssue, SchemaResult, StandardSchema } from '@shardmux/plugin-api';

export interface AutoEjectOptions {
  /** Failures in a row after which a node is ejected. */
  readonly failureLimit: number;
  /** Time out of the ring until the first probe, and between probes, in ms. */
  readonly retryTimeout: number;
}

/** Twemproxy's `server_failure_limit` and `server_retry_timeout`. */
const DEFAULTS: AutoEjectOptions = { failureLimit: 2, retryTimeout: 30_000 };
/** The longest time that a timer of Node takes, in ms. */
const MAX = 2 ** 31 - 1;

/** A schema by hand: a plugin depends on the contracts alone. */
export const optionsSchema: StandardSchema<AutoEjectOptions> = {
  '~standard': { version: 1, vendor: 'shardmux', validate },
};

function validate(value: unknown): SchemaResult<AutoEjectOptions> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { issues: [{ message: 'must be a mapping' }] };
  }
  const given: Partial<Record<string, unknown>> = { ...value };
  const options = { ...DEFAULTS, ...value };
  const issues: SchemaIssue[] = Object.keys(given)
    .filter((key) => !(key in DEFAULTS))
    .map((key) => ({
      path: [key],
      message: 'must be left out: the options are failureLimit and retryTimeout',
    }));
  for (const key of ['failureLimit', 'retryTimeout'] as const) {
    const number: unknown = options[key];
    if (typeof number !== 'number' || !Number.isInteger(number) || number < 1 || number > MAX) {
      issues.push({ path: [key], message: `must be a whole number from 1 to ${MAX}` });
    }
  }
  return issues.length > 0 ? { issues } : { value: options };
}
