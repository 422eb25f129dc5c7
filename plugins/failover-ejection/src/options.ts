import type { SchemaIssue, SchemaResult, StandardSchema } from '@shardmux/plugin-api';

export interface EjectionOptions {
  /** Failures in a row after which a node is ejected. */
  readonly failureLimit: number;
  /** Time out of service until the first probe, and between probes, in ms. */
  readonly retryTimeout: number;
}

/** The longest time that a timer of Node takes, in ms. */
const MAX = 2 ** 31 - 1;

/** A schema by hand: a plugin depends on the contracts alone. */
export function schemaWith(defaults: EjectionOptions): StandardSchema<EjectionOptions> {
  const validate = (value: unknown) => check(value, defaults);
  return { '~standard': { version: 1, vendor: 'shardmux', validate } };
}

function check(value: unknown, defaults: EjectionOptions): SchemaResult<EjectionOptions> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { issues: [{ message: 'must be a mapping' }] };
  }
  const given: Partial<Record<string, unknown>> = { ...value };
  const options = { ...defaults, ...value };
  const issues: SchemaIssue[] = Object.keys(given)
    .filter((key) => !(key in defaults))
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
