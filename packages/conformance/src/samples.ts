// In the sandbox of Jest every look at a global is slow.
const { imul } = Math;

/**
 * The uint32 number `index` of a fixed sequence without repetition that looks random. Samples are the same in
 * every run, so that a failure comes back.
 *
 * The mixer is "lowbias32" by Chris Wellons, a bijection.
 */
export function sampleUint32(index: number): number {
  let value = index;
  value = imul(value ^ (value >>> 16), 0x7feb352d);
  value = imul(value ^ (value >>> 15), 0x846ca68b);
  return (value ^ (value >>> 16)) >>> 0;
}

/** How long a sample may be, in bytes. */
export const LONGEST_SAMPLE = 1_000;

const POOL = Uint8Array.from({ length: 2 * LONGEST_SAMPLE }, (_, i) => sampleUint32(i));

/** A new array of `length` bytes, others for each length. */
export function sampleBytes(length: number): Uint8Array {
  return POOL.slice(length, 2 * length);
}

/** An odd number: its multiples are all different. */
const STRIDE = 0x9e3779b1;

/** A new array of any length, in which no word comes twice; others for each length. */
export function sampleBlock(length: number): Buffer {
  const words = new Int32Array(Math.ceil(length / Int32Array.BYTES_PER_ELEMENT));
  for (let i = 0; i < words.length; i++) words[i] = imul(length + i, STRIDE);
  return Buffer.from(words.buffer, 0, length);
}
