/** Replies that are taken as they are, one of them or all. */
import type { FragmentReplies } from '@shardmux/plugin-api';
import { ASTERISK, DOLLAR, MINUS, TILDE, UNDERSCORE } from '../ascii.js';
import { copyBytes } from '../copy-bytes.js';
import { LengthLine, writeLengthLine } from '../length-line.js';
import { replyStart } from './reply-start.js';
import { WRONG_FORM } from './wrong-form.js';

const line = new LengthLine();

/** All must say the same. */
export function takeFirst(replies: FragmentReplies, out: Uint8Array, at: number): number {
  for (let i = 1; i < replies.count; i++) if (!isSame(replies, 0, i)) return WRONG_FORM;
  return take(replies, 0, out, at);
}

function isSame(replies: FragmentReplies, a: number, b: number): boolean {
  const [startOfA, startOfB] = [replyStart(replies, a), replyStart(replies, b)];
  const length = replies.end(a) - startOfA;
  if (replies.end(b) - startOfB !== length) return false;
  const [bytesOfA, bytesOfB] = [replies.bytes(a), replies.bytes(b)];
  let same = 0;
  while (same < length && bytesOfA[startOfA + same] === bytesOfB[startOfB + same]) same++;
  return same === length;
}

function take(replies: FragmentReplies, i: number, out: Uint8Array, at: number): number {
  return copyBytes(replies.bytes(i), replyStart(replies, i), replies.end(i), out, at);
}

/** Arrays or sets, one behind the other; an array where there are both. */
export function concatenate(replies: FragmentReplies, out: Uint8Array, at: number): number {
  let elements = 0;
  let type = TILDE;
  for (let i = 0; i < replies.count; i++) {
    const count = countOf(replies, i);
    if (count < 0) return WRONG_FORM;
    elements += count;
    if (replies.bytes(i)[replyStart(replies, i)] === ASTERISK) type = ASTERISK;
  }
  let to = writeLengthLine(type, elements, out, at);
  for (let i = 0; i < replies.count; i++) {
    countOf(replies, i);
    to = copyBytes(replies.bytes(i), line.next, replies.end(i), out, to);
  }
  return to;
}

/** How many elements an array or a set has, or less than 0; `line` stands behind that. */
function countOf(replies: FragmentReplies, i: number): number {
  const bytes = replies.bytes(i);
  const start = replyStart(replies, i);
  if (bytes[start] !== ASTERISK && bytes[start] !== TILDE) return WRONG_FORM;
  return line.read(bytes, start + 1, replies.end(i));
}

/** One of the bulks that are there, each as likely as the others; nil or null where none is. */
export function chooseOne(replies: FragmentReplies, out: Uint8Array, at: number): number {
  const there: number[] = [];
  for (let i = 0; i < replies.count; i++) {
    const bytes = replies.bytes(i);
    const start = replyStart(replies, i);
    if (bytes[start] !== DOLLAR && bytes[start] !== UNDERSCORE) return WRONG_FORM;
    if (bytes[start] === DOLLAR && bytes[start + 1] !== MINUS) there.push(i);
  }
  return take(replies, there[Math.floor(Math.random() * there.length)] ?? 0, out, at);
}
