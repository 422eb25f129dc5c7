import type { SchemaIssue, SchemaResult, StandardSchema } from '@shardmux/plugin-api';

export interface Options {
  /** Failures in a row after which a node leaves the ring. */
  readonly failures: number;
}

/** By hand; zod, valibot and arktype make such a schema too. */
export const optionsSchema: StandardSchema<Options> = {
  '~standard': { version: 1, vendor: 'my-thing', validate },
};

function validate(value: unknown): SchemaResult<Options> {
  const { failures = 3, ...others } = Object(value) as Record<string, unknown>;
  const issues: SchemaIssue[] = Object.keys(others).map((key) => ({
    path: [key],
    message: 'must be left out: the only option is failures',
  }));
  if (typeof failures !== 'number' || !Number.isInteger(failures) || failures < 1) {
    issues.push({ path: ['failures'], message: 'must be a whole number from 1' });
  }
  return issues.length > 0 ? { issues } : { value: { failures } as Options };
}
