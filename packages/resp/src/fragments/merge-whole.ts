/** Replies that are taken as they are, one of them or all. */
import type { FragmentReplies } from '@shardmux/plugin-api';
import { ASTERISK, DOLLAR, MINUS } from '../ascii.js';
import { copyBytes } from '../copy-bytes.js';
import { LengthLine, writeLengthLine } from '../length-line.js';
import { WRONG_FORM } from './wrong-form.js';

const line = new LengthLine();

/** All must say the same. */
export function takeFirst(replies: FragmentReplies, out: Uint8Array, at: number): number {
  for (let i = 1; i < replies.count; i++) if (!isSame(replies, 0, i)) return WRONG_FORM;
  return take(replies, 0, out, at);
}

function isSame(replies: FragmentReplies, a: number, b: number): boolean {
  const length = replies.end(a) - replies.start(a);
  if (replies.end(b) - replies.start(b) !== length) return false;
  const [bytesOfA, bytesOfB] = [replies.bytes(a), replies.bytes(b)];
  let same = 0;
  while (same < length && bytesOfA[replies.start(a) + same] === bytesOfB[replies.start(b) + same]) same++;
  return same === length;
}

function take(replies: FragmentReplies, i: number, out: Uint8Array, at: number): number {
  return copyBytes(replies.bytes(i), replies.start(i), replies.end(i), out, at);
}

/** Arrays, one behind the other. */
export function concatenate(replies: FragmentReplies, out: Uint8Array, at: number): number {
  let elements = 0;
  for (let i = 0; i < replies.count; i++) {
    const count = countOf(replies, i);
    if (count < 0) return WRONG_FORM;
    elements += count;
  }
  let to = writeLengthLine(ASTERISK, elements, out, at);
  for (let i = 0; i < replies.count; i++) {
    countOf(replies, i);
    to = copyBytes(replies.bytes(i), line.next, replies.end(i), out, to);
  }
  return to;
}

/** How many elements an array has, or less than 0; `line` stands behind that. */
function countOf(replies: FragmentReplies, i: number): number {
  const bytes = replies.bytes(i);
  const start = replies.start(i);
  return bytes[start] === ASTERISK ? line.read(bytes, start + 1, replies.end(i)) : WRONG_FORM;
}

/** One of the bulks that are not nil, each as likely as the others; nil where all are. */
export function chooseOne(replies: FragmentReplies, out: Uint8Array, at: number): number {
  const there: number[] = [];
  for (let i = 0; i < replies.count; i++) {
    const bytes = replies.bytes(i);
    if (bytes[replies.start(i)] !== DOLLAR) return WRONG_FORM;
    if (bytes[replies.start(i) + 1] !== MINUS) there.push(i);
  }
  return take(replies, there[Math.floor(Math.random() * there.length)] ?? 0, out, at);
}
