import type { HashFunction } from '@shardmux/plugin-api';
import { word } from './little-endian.js';
import { rotate } from './rotate.js';

/** Austin Appleby's MurmurHash3_x86_32 (SMHasher, 2011), with seed 0. */
export const murmur3_32: HashFunction = (bytes, start, end) => {
  const length = end - start;
  const tail = end - (length & 3);
  let hash = 0;
  for (let i = start; i < tail; i += 4) {
    hash = rotate(hash ^ scramble(word(bytes, i)), 13);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  let rest = 0;
  for (let i = tail; i < end; i++) rest |= bytes[i] << ((i - tail) << 3);
  hash ^= scramble(rest) ^ length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

/** Zero stays zero: a key without a tail has nothing to add. */
function scramble(block: number): number {
  return Math.imul(rotate(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);
}
