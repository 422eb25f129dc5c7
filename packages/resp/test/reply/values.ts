import { expect } from 'vitest';
import { RespReplyReader } from '../../src/reply/reader.js';
import { comparable } from './any-reply.js';
import { framesOf } from './frames.js';

export const plain = { buffers: false, stringNumbers: false };

/** The values of all replies in the bytes, each framed first. */
export function valuesOf(bytes: Buffer, options = plain): unknown[] {
  const reader = new RespReplyReader();
  let start = 0;
  return framesOf(bytes).frames.map(({ end }) => {
    const value = reader.read(bytes, start, end, options);
    expect(reader.next).toBe(end);
    start = end;
    return comparable(value);
  });
}
