import type { SchemaResult, StandardSchema } from '@shardmux/plugin-api';

export interface EmbeddedOptions {
  /** Stores of one name have the same keys. */
  readonly name: string;
}

/** A schema by hand: a plugin depends on the contracts alone. */
export const optionsSchema: StandardSchema<EmbeddedOptions> = {
  '~standard': { version: 1, vendor: 'shardmux', validate },
};

function validate(value: unknown): SchemaResult<EmbeddedOptions> {
  const { name = 'shardmux', ...others }: Record<string, unknown> = Object(value);
  const issues = Object.keys(others).map((key) => ({
    path: [key],
    message: 'must be left out: the only option is name',
  }));
  if (issues.length > 0) return { issues };
  if (typeof name === 'string' && name !== '') return { value: { name } };
  return { issues: [{ path: ['name'], message: 'must be a text: stores of one name have the same keys' }] };
}
