import { once } from 'node:events';
import { connect } from 'node:net';

export type StatsValue = string | number | { readonly [name: string]: StatsValue };

/** Reads the one document that a statistics port gives and closes after. */
export async function readStats(
  port: number,
): Promise<{ text: string; document: Record<string, StatsValue> }> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await once(socket, 'close');
  return { text, document: JSON.parse(text) as Record<string, StatsValue> };
}

/** Every path in a document with the type found there, in the document's order. */
export function pathsOf(value: StatsValue, path = ''): string[] {
  if (typeof value !== 'object') return [`${path}: ${typeof value}`];
  return Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, `${path}/${name}`));
}
