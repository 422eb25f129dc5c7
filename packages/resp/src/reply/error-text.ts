import { LengthLine } from '../length-line.js';

const EXCLAMATION = 0x21;

const line = new LengthLine();

/**
 *   -ERR no…      !11 ERR no……
 *    ▲                ▲
 * @param start of a whole error: its type byte.
 */
export function errorTextStart(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] !== EXCLAMATION) return start + 1;
  line.read(bytes, start + 1, end);
  return line.next;
}
