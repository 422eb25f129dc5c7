import type { SchemaIssue, SchemaResult, StandardSchema } from '@shardmux/plugin-api';

export interface Options {
  /** What to connect to instead of a host. */
  readonly hosts: Readonly<Record<string, string>>;
}

/** By hand; zod, valibot and arktype make such a schema too. */
export const optionsSchema: StandardSchema<Options> = {
  '~standard': { version: 1, vendor: 'my-thing', validate },
};

function validate(value: unknown): SchemaResult<Options> {
  const { hosts = {}, ...others } = Object(value) as Record<string, unknown>;
  const issues: SchemaIssue[] = Object.keys(others).map((key) => ({
    path: [key],
    message: 'must be left out: the only option is hosts',
  }));
  for (const [host, other] of Object.entries(Object(hosts))) {
    if (typeof other !== 'string') issues.push({ path: ['hosts', host], message: 'must be a host' });
  }
  return issues.length > 0 ? { issues } : { value: { hosts } as Options };
}
