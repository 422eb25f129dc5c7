/*
 * Looking into values that no schema has passed yet.
 */

/** A mapping or a list. */
export function hasMembers(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** The members of a mapping or list with their keys; none of all else. */
export function entriesOf(value: unknown): [string, unknown][] {
  return hasMembers(value) ? Object.entries(value) : [];
}

/** What a mapping or list has under a key. */
export function memberOf(value: unknown, key: string): unknown {
  return entriesOf(value).find(([name]) => name === key)?.[1];
}
