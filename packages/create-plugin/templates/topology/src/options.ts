import type { SchemaIssue, SchemaResult, StandardSchema } from '@shardmux/plugin-api';

export interface Options {
  /** A JSON file: `[{ "name": "one", "weight": 1, "endpoint": { "kind": "tcp", "host": "127.0.0.1", "port": 6379 } }]`. */
  readonly path: string;
  /** Time between two looks at it, in ms. */
  readonly interval: number;
}

/** By hand; zod, valibot and arktype make such a schema too. */
export const optionsSchema: StandardSchema<Options> = {
  '~standard': { version: 1, vendor: 'my-thing', validate },
};

function validate(value: unknown): SchemaResult<Options> {
  const { path, interval = 1_000, ...others } = Object(value) as Record<string, unknown>;
  const issues: SchemaIssue[] = Object.keys(others).map((key) => ({
    path: [key],
    message: 'must be left out: the options are path and interval',
  }));
  if (typeof path !== 'string') issues.push({ path: ['path'], message: 'must be the path of a JSON file' });
  if (typeof interval !== 'number' || !(interval >= 1)) {
    issues.push({ path: ['interval'], message: 'must be a number of milliseconds' });
  }
  return issues.length > 0 ? { issues } : { value: { path, interval } as Options };
}
