import type { HashFunction } from '@shardmux/plugin-api';

/**
 * Fowler–Noll–Vo 1a, 64 bits: xor, then multiply. Bytes are signed, as C's `char` is on x86.
 *
 * Twemproxy keeps the low 32 bits. The prime is 2^40 + 0x1b3, and neither 2^40 nor the upper half of the state
 * ever reaches the low half, so that 32-bit arithmetic gives the same result.
 */
export const fnv1a_64: HashFunction = (bytes, start, end) => {
  // Signed: V8 would keep a larger number as a floating-point one, all through the loop.
  let hash = 0x84222325 | 0;
  for (let i = start; i < end; i++) {
    hash = Math.imul(hash ^ ((bytes[i] << 24) >> 24), 0x1b3);
  }
  return hash >>> 0;
};
