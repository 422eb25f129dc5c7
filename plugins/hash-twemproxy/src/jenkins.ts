import type { HashFunction } from '@shardmux/plugin-api';
import { partialWord, word } from './little-endian.js';

const INITIAL_VALUE = 13;

/** Bob Jenkins' lookup3 `hashlittle` (2006), from the initial value 13. */
export const jenkins: HashFunction = (bytes, start, end) => {
  let a = (0xdeadbeef + (end - start) + INITIAL_VALUE) | 0;
  let b = a;
  let c = a;
  // A last block that is full belongs to the final mixing.
  let at = start;
  for (; end - at > 12; at += 12) {
    a = (a + word(bytes, at)) | 0;
    b = (b + word(bytes, at + 4)) | 0;
    c = (c + word(bytes, at + 8)) | 0;
    a = (a - c) ^ rotate(c, 4);
    c = (c + b) | 0;
    b = (b - a) ^ rotate(a, 6);
    a = (a + c) | 0;
    c = (c - b) ^ rotate(b, 8);
    b = (b + a) | 0;
    a = (a - c) ^ rotate(c, 16);
    c = (c + b) | 0;
    b = (b - a) ^ rotate(a, 19);
    a = (a + c) | 0;
    c = (c - b) ^ rotate(b, 4);
    b = (b + a) | 0;
  }
  if (at === end) return c >>> 0;
  a = (a + partialWord(bytes, at, end)) | 0;
  b = (b + partialWord(bytes, at + 4, end)) | 0;
  c = (c + partialWord(bytes, at + 8, end)) | 0;
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  return ((c ^ b) - rotate(b, 24)) >>> 0;
};

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
