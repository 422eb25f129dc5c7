/** A 32-bit word, turned left. */
export function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
