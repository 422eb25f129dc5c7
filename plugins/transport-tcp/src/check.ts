import type { SchemaIssue } from '@shardmux/plugin-api';

/** What is wrong with a value at a path: nothing, as a rule. */
export type Check = (value: unknown, path: readonly string[]) => SchemaIssue[];

/** @param be the rest of a sentence: `must …`. */
export function must(be: string, holds: (value: unknown) => boolean): Check {
  return (value, path) => (holds(value) ? [] : [{ path, message: `must ${be}` }]);
}

/**
 * A mapping that has no keys but these.
 * @param whole what is wrong with the mapping as a whole.
 */
export function mapping(
  checks: Readonly<Record<string, Check>>,
  whole: (given: Partial<Record<string, unknown>>) => string | null = () => null,
): Check {
  const names = Object.keys(checks).join(', ');
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return [{ path, message: 'must be a mapping' }];
    }
    const given: Partial<Record<string, unknown>> = { ...value };
    const issues = Object.entries(given).flatMap(([key, each]) => {
      if (each === undefined) return [];
      const at = [...path, key];
      const check = Object.hasOwn(checks, key) ? checks[key] : undefined;
      return check?.(each, at) ?? [{ path: at, message: `must be left out: the options are ${names}` }];
    });
    const message = whole(given);
    return message === null ? issues : [...issues, { path, message }];
  };
}
