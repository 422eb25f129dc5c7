import type { FragmentReplies } from '@shardmux/plugin-api';
import { ascii, COLON, ZERO } from '../ascii.js';
import { copyBytes } from '../copy-bytes.js';
import { writeLengthLine } from '../length-line.js';
import { replyStart } from './reply-start.js';
import { textOf } from './text-of.js';
import { WRONG_FORM } from './wrong-form.js';

/** Sums stay exact: no server deletes so many keys. */
const MAX_DIGITS = 15;

export function mergeSums(replies: FragmentReplies, out: Uint8Array, at: number): number {
  let sum = 0;
  for (let i = 0; i < replies.count; i++) {
    const value = countIn(replies.bytes(i), replyStart(replies, i), replies.end(i));
    if (value < 0) return WRONG_FORM;
    sum += value;
  }
  return writeLengthLine(COLON, sum, out, at);
}

/** The count that an integer reply tells, or WRONG_FORM. */
function countIn(bytes: Uint8Array, start: number, end: number): number {
  const digits = end - start - 3;
  if (bytes[start] !== COLON || digits > MAX_DIGITS) return WRONG_FORM;
  let value = 0;
  for (let i = start + 1; i <= start + digits; i++) {
    const digit = bytes[i] - ZERO;
    if (digit < 0 || digit > 9) return WRONG_FORM;
    value = value * 10 + digit;
  }
  return value;
}

/** Arrays of integers of one length: of each position the least. */
export function mergeLeast(replies: FragmentReplies, out: Uint8Array, at: number): number {
  const arrays = Array.from({ length: replies.count }, (_, i) => textOf(replies, i).split('\r\n'));
  const [first] = arrays;
  const isAlike = arrays.every(
    (lines) => lines.length === first.length && lines.every((line, i) => line[0] === first[i][0]),
  );
  if (!isAlike || arrays.some(([head]) => head !== first[0] || head[0] !== '*')) return WRONG_FORM;
  const merged = first.map((line, i) =>
    line[0] === ':' ? `:${Math.min(...arrays.map((lines) => Number(lines[i].slice(1))))}` : line,
  );
  const reply = ascii(merged.join('\r\n'));
  return copyBytes(reply, 0, reply.length, out, at);
}
