import type { FragmentReplies } from '@shardmux/plugin-api';
import { COLON, ZERO } from '../ascii.js';
import { writeLengthLine } from '../length-line.js';
import { replyStart } from './reply-start.js';
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
