import { LengthLine } from '../length-line.js';
import { RespReplyFramer } from './framer.js';

const BAR = 0x7c;

const line = new LengthLine();
const framer = new RespReplyFramer();

/** @returns where a whole reply begins, behind the attributes that say something about it. */
export function passAttributes(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (bytes[at] === BAR) {
    const pairs = line.read(bytes, at + 1, end);
    at = line.next;
    for (let i = 2 * pairs; i > 0; i--) at = framer.frame(bytes, at, end);
  }
  return at;
}
