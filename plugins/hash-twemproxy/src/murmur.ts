import type { HashFunction } from '@shardmux/plugin-api';
import { partialWord, word } from './little-endian.js';

const MULTIPLIER = 0x5bd1e995;

/** Austin Appleby's MurmurHash2, 32 bits, seeded with 0xdeadbeef times the key's length. */
export const murmur: HashFunction = (bytes, start, end) => {
  const length = end - start;
  const tail = end - (length & 3);
  let hash = Math.imul(0xdeadbeef, length) ^ length;
  for (let i = start; i < tail; i += 4) {
    const mixed = Math.imul(word(bytes, i), MULTIPLIER);
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(mixed ^ (mixed >>> 24), MULTIPLIER);
  }
  if (tail < end) hash = Math.imul(hash ^ partialWord(bytes, tail, end), MULTIPLIER);
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return (hash ^ (hash >>> 15)) >>> 0;
};
