/**
 * Spreads a uint32 over all 32 bits: each bit of the argument changes each bit of the result with a probability
 * near one half. A bijection, so that nothing is lost. "lowbias32" of Chris Wellons' hash-prospector (2018).
 */
export function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
