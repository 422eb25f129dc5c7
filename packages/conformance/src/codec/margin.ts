/** Room before and behind the place where something is to be written. */
export const MARGIN = 64;

/** Whether nothing was written but `length` bytes in the middle. */
export function isUntouched(out: Buffer, length: number, filler: number): boolean {
  const around = Buffer.concat([out.subarray(0, MARGIN), out.subarray(MARGIN + length)]);
  return around.every((byte) => byte === filler);
}
