/** Replies that are the same each time, and the forms of those that are not. */
import { ascii } from '../ascii.js';
import { errorReply } from '../error-reply.js';

export type Protocol = 2 | 3;

export const ok = ascii('+OK\r\n');
export const pong = ascii('+PONG\r\n');
export const syntaxError = errorReply('ERR syntax error');
export const notAnInteger = errorReply('ERR value is not an integer or out of range');

const nullArrays = { 2: ascii('*-1\r\n'), 3: ascii('_\r\n') };

/** An array that is not there. */
export function nullArray(protocol: Protocol): Uint8Array {
  return nullArrays[protocol];
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
