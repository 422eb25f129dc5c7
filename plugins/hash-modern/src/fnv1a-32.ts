import type { HashFunction } from '@shardmux/plugin-api';

/** Signed: V8 would keep a larger number as a floating-point one, all through the loop. */
const OFFSET_BASIS = 0x811c9dc5 | 0;
const PRIME = 0x01000193;

/**
 * Fowler–Noll–Vo 1a, 32 bits (RFC 9923), of unsigned bytes. Twemproxy's function of the same name takes bytes
 * from 0x80 up for negative numbers, so that the two agree on ASCII keys alone.
 */
export const fnv1a_32: HashFunction = (bytes, start, end) => {
  let hash = OFFSET_BASIS;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], PRIME);
  return hash >>> 0;
};
