/** The multiplier 2862933555777941757 of the generator, in halves of 32 and quarters of 16 bits. */
const HIGH = 0x27bb2ee6;
const LOW = 0x87b0b0fd;
const LOW_UPPER = LOW >>> 16;
const LOW_LOWER = LOW & 0xffff;

/**
 * Jump consistent hash: which of `buckets` buckets, 1 to 2^31 - 1, has a 64-bit key (`high` and `low`, 32 bits each).
 * With one bucket more, a key stays where it is or goes to the new bucket.
 *
 * Takes about ln(buckets) steps. John Lamping and Eric Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm",
 * 2014 (arXiv:1406.2294). The key is multiplied modulo 2^64 in 32-bit integers, as BigInt allocates.
 */
export function jumpBucket(high: number, low: number, buckets: number): number {
  let bucket = 0;
  let next = 0;
  while (next < buckets) {
    bucket = Math.floor(next);
    const lower = low & 0xffff;
    const upper = low >>> 16;
    const first = Math.imul(upper, LOW_LOWER) + (Math.imul(lower, LOW_LOWER) >>> 16);
    const second = Math.imul(lower, LOW_UPPER) + (first & 0xffff);
    const carry = Math.imul(upper, LOW_UPPER) + (first >>> 16) + (second >>> 16);
    const product = Math.imul(low, LOW);
    high = (Math.imul(high, LOW) + Math.imul(low, HIGH) + carry + (product === -1 ? 1 : 0)) | 0;
    low = (product + 1) | 0;
    next = (bucket + 1) * (2 ** 31 / ((high >>> 1) + 1));
  }
  return bucket;
}
