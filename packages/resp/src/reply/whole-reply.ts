/** What a whole reply of a server says: for errands, which are not the common case. */
import { type ReadOptions, ReplyError } from '@shardmux/plugin-api';
import { ASTERISK, LF, MINUS } from '../ascii.js';
import { RespReplyFramer } from './framer.js';
import { RespReplyReader } from './reader.js';

/** @param options left out: texts, and numbers as such. */
export function readWhole(reply: Uint8Array, options: Partial<ReadOptions> = {}): unknown {
  const whole = { buffers: false, stringNumbers: false, ...options };
  return new RespReplyReader().read(reply, 0, reply.length, whole);
}

/** @throws {ReplyError} where it is an error. */
export function checked(reply: Uint8Array): Uint8Array {
  if (reply[0] === MINUS) throw new ReplyError(Buffer.from(reply.subarray(1, -2)).toString('latin1'));
  return reply;
}

/** The bytes of a bulk; `null` where there is none. */
export function bulkOf(reply: Uint8Array): Uint8Array | null {
  return readWhole(reply, { buffers: true }) as Uint8Array | null;
}

/** Of an integer. */
export function integerOf(reply: Uint8Array): number {
  return Number(Buffer.from(reply.subarray(1, -2)).toString('latin1'));
}

/** The bytes of each element of an array; `null` where it is none. */
export function elementsOf(reply: Uint8Array): readonly Uint8Array[] | null {
  if (reply[0] !== ASTERISK || reply[1] === MINUS) return null;
  const framer = new RespReplyFramer();
  const elements: Uint8Array[] = [];
  for (let at = reply.indexOf(LF) + 1; at < reply.length; ) {
    const end = framer.frame(reply, at, reply.length);
    elements.push(reply.subarray(at, end));
    at = end;
  }
  return elements;
}
