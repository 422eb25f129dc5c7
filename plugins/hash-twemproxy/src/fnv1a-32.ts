import type { HashFunction } from '@shardmux/plugin-api';

/** Fowler–Noll–Vo 1a, 32 bits: xor, then multiply. Bytes are signed, as C's `char` is on x86. */
export const fnv1a_32: HashFunction = (bytes, start, end) => {
  // Signed: V8 would keep a larger number as a floating-point one, all through the loop.
  let hash = 0x811c9dc5 | 0;
  for (let i = start; i < end; i++) {
    hash = Math.imul(hash ^ ((bytes[i] << 24) >> 24), 0x01000193);
  }
  return hash >>> 0;
};
