/** Replies written as text: for what is rare. Each character is a byte. */

/** What the client speaks: RESP2 has no map, no set and no null of its own. */
export type Protocol = 2 | 3;

export function bulk(value: string): string {
  return `$${value.length}\r\n${value}\r\n`;
}

/** @param items whole replies. */
export function array(items: readonly string[]): string {
  return aggregate('*', items.length, items);
}

export function set(items: readonly string[], protocol: Protocol): string {
  return aggregate(protocol === 3 ? '~' : '*', items.length, items);
}

/** @param values whole replies, by name. */
export function map(values: Readonly<Record<string, string>>, protocol: Protocol): string {
  const pairs = Object.entries(values).map(([name, value]) => bulk(name) + value);
  return protocol === 3 ? aggregate('%', pairs.length, pairs) : aggregate('*', 2 * pairs.length, pairs);
}

export function nil(protocol: Protocol): string {
  return protocol === 3 ? '_\r\n' : '$-1\r\n';
}

function aggregate(type: string, count: number, items: readonly string[]): string {
  return `${type}${count}\r\n${items.join('')}`;
}
