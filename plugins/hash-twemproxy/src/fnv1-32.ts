import type { HashFunction } from '@shardmux/plugin-api';

/** Fowler–Noll–Vo 1, 32 bits: multiply, then xor. Bytes are signed, as C's `char` is on x86. */
export const fnv1_32: HashFunction = (bytes, start, end) => {
  // Signed: V8 would keep a larger number as a floating-point one, all through the loop.
  let hash = 0x811c9dc5 | 0;
  for (let i = start; i < end; i++) {
    hash = Math.imul(hash, 0x01000193) ^ ((bytes[i] << 24) >> 24);
  }
  return hash >>> 0;
};
