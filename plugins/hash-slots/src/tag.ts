export const OPENER = 0x7b;
export const CLOSER = 0x7d;

/**
 * Index of the first `byte` in `[start, end)`; there is none where the result is not below `end`. The method
 * `indexOf` would search on to the end of the buffer.
 */
export function find(bytes: Uint8Array, byte: number, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== byte) at++;
  return at;
}
