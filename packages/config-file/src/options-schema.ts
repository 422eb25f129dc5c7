import type { SchemaIssue, StandardSchema } from '@shardmux/plugin-api';
import type { z } from 'zod';

/**
 * A plugin's options, by a schema made of `mapping`: each unknown option is an issue of its own.
 * @param schema what it makes of them is what the plugin is created with.
 */
export function optionsSchema<Options>(schema: z.ZodType<Options>): StandardSchema<Options> {
  return {
    '~standard': {
      version: 1,
      vendor: 'shardmux',
      validate(value) {
        const { success, data, error } = schema.safeParse(value);
        return success ? { value: data } : { issues: error.issues.flatMap(plainIssues) };
      },
    },
  };
}

function plainIssues(issue: z.core.$ZodIssue): SchemaIssue[] {
  const { path } = issue;
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  const message = `must be left out: the options are ${issue.message}`;
  return issue.keys.map((key) => ({ path: [...path, key], message }));
}
