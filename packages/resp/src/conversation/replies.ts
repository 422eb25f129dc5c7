/** Replies that are the same each time, and the forms of those that are not. */
import { ascii } from '../ascii.js';
import { errorReply } from '../error-reply.js';

export type Protocol = 2 | 3;

export const ok = ascii('+OK\r\n');
export const pong = ascii('+PONG\r\n');
export const syntaxError = errorReply('ERR syntax error');
export const notAnInteger = errorReply('ERR value is not an integer or out of range');

const nils = { 2: ascii('$-1\r\n'), 3: ascii('_\r\n') };
const nullArrays = { 2: ascii('*-1\r\n'), 3: ascii('_\r\n') };

/** An array that is not there. */
export function nullArray(protocol: Protocol): Uint8Array {
  return nullArrays[protocol];
}

/** A value that is not there. */
export function nil(protocol: Protocol): Uint8Array {
  return nils[protocol];
}

/** A text for people: in RESP3 it says so. */
export function verbatim(text: string, protocol: Protocol): Uint8Array {
  const bytes = Buffer.from(text, 'latin1');
  if (protocol === 2) return bulk(bytes);
  return Buffer.concat([ascii(`=${bytes.length + 4}\r\ntxt:`), bytes, ascii('\r\n')]);
}

export function bulk(value: Uint8Array): Uint8Array {
  return Buffer.concat([ascii(`$${value.length}\r\n`), value, ascii('\r\n')]);
}

export function integer(value: number): Uint8Array {
  return ascii(`:${value}\r\n`);
}

export function array(elements: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([ascii(`*${elements.length}\r\n`), ...elements]);
}

/** Flat in RESP2. */
export function map(protocol: Protocol, pairs: readonly (readonly [Uint8Array, Uint8Array])[]): Uint8Array {
  const head = protocol === 3 ? `%${pairs.length}` : `*${2 * pairs.length}`;
  return Buffer.concat([ascii(`${head}\r\n`), ...pairs.flat()]);
}

/** An array in RESP2. */
export function set(protocol: Protocol, elements: readonly Uint8Array[]): Uint8Array {
  const head = protocol === 3 ? '~' : '*';
  return Buffer.concat([ascii(`${head}${elements.length}\r\n`), ...elements]);
}

/** What no command asked for. */
export function push(kind: string, value: Uint8Array): Uint8Array {
  return Buffer.concat([ascii('>2\r\n'), bulk(ascii(kind)), value]);
}
