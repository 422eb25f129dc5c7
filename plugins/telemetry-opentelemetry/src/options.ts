import type { SchemaIssue, SchemaResult, StandardSchema } from '@shardmux/plugin-api';

export interface OpenTelemetryOptions {
  /** Whether metrics are recorded. */
  readonly metrics: boolean;
  /** Whether spans are. */
  readonly spans: boolean;
}

const DEFAULTS: OpenTelemetryOptions = { metrics: true, spans: true };

/** A schema by hand: a plugin depends on the contracts alone. */
export const optionsSchema: StandardSchema<OpenTelemetryOptions> = {
  '~standard': { version: 1, vendor: 'shardmux', validate },
};

function validate(value: unknown): SchemaResult<OpenTelemetryOptions> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { issues: [{ message: 'must be a mapping' }] };
  }
  const issues = Object.entries(value).flatMap(([key, given]): SchemaIssue[] => {
    if (!(key in DEFAULTS)) {
      return [{ path: [key], message: 'must be left out: the options are metrics and spans' }];
    }
    return typeof given === 'boolean' ? [] : [{ path: [key], message: 'must be true or false' }];
  });
  return issues.length > 0 ? { issues } : { value: { ...DEFAULTS, ...value } };
}
