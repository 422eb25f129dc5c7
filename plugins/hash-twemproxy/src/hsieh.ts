import type { HashFunction } from '@shardmux/plugin-api';

/**
 * Paul Hsieh's SuperFastHash, from an initial hash of 0. Bytes are unsigned, but for the last one of a key whose
 * length leaves 3 when divided by 4: that one is signed, as C's `char` is on x86.
 */
export const hsieh: HashFunction = (bytes, start, end) => {
  const remainder = (end - start) & 3;
  const tail = end - remainder;
  let hash = 0;
  for (let i = start; i < tail; i += 4) {
    hash = (hash + half(bytes, i)) | 0;
    hash = (hash << 16) ^ (half(bytes, i + 2) << 11) ^ hash;
    hash = (hash + (hash >>> 11)) | 0;
  }
  if (remainder === 3) {
    hash = (hash + half(bytes, tail)) | 0;
    hash ^= hash << 16;
    hash ^= ((bytes[tail + 2] << 24) >> 24) << 18;
    hash = (hash + (hash >>> 11)) | 0;
  } else if (remainder === 2) {
    hash = (hash + half(bytes, tail)) | 0;
    hash ^= hash << 11;
    hash = (hash + (hash >>> 17)) | 0;
  } else if (remainder === 1) {
    hash = (hash + bytes[tail]) | 0;
    hash ^= hash << 10;
    hash = (hash + (hash >>> 1)) | 0;
  }
  hash ^= hash << 3;
  hash = (hash + (hash >>> 5)) | 0;
  hash ^= hash << 4;
  hash = (hash + (hash >>> 17)) | 0;
  hash ^= hash << 25;
  return (hash + (hash >>> 6)) >>> 0;
};

/** The two bytes at `at` as a little-endian half-word. */
function half(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8);
}
