/**
 * Replies of a server, in RESP2.
 *
 *            ┌──────────────── while owed > 0 ◄──────┐
 *            ▼                                       │
 *   frame ─► element ─► + - : $  settles one ────────┤
 *                   └─► *n       settles one, owes n ┘
 *
 * Arrays need no stack: however deep they are, all that matters is how many elements are still owed.
 */
import { FRAME_INCOMPLETE, FRAME_MALFORMED, ReplyClass, type ReplyFramer } from '@shardmux/plugin-api';
import { ascii } from '../ascii.js';
import { LENGTH_INCOMPLETE, LENGTH_NIL, LengthLine } from '../length-line.js';

// Constants of a module become part of its machine code; imported ones are loaded each time.
const LF = 0x0a;
const CR = 0x0d;
const DOLLAR = 0x24;
const ASTERISK = 0x2a;
const PLUS = 0x2b;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;

/** A status or an error is one line; no server sends a longer one. */
const MAX_TEXT_LENGTH = 65_536;

/** Of a 64-bit integer. */
const MAX_DIGITS = 19;

const MAX_OWED = 0x7fffffff;

/** Errors of a server that can serve nothing just now. OOM is none of them: reads are served on. */
const notReadyCodes = ['-LOADING ', '-MASTERDOWN ', '-BUSY '].map(ascii);

/**
 * Elements are passed by methods that return the offset after the element: one beyond `end` where bytes are
 * missing, which is then a lower bound, or FRAME_MALFORMED.
 */
export class RespReplyFramer implements ReplyFramer {
  replyClass: ReplyClass = ReplyClass.ok;
  expected = 0;

  private readonly line = new LengthLine();
  /** Elements that the incomplete reply still owes; 0 between replies. */
  private owed = 0;
  /** Where the first of them begins, relative to the reply's start. */
  private element = 0;
  /** How many bytes of it were scanned for a line's end already, where it is a text. */
  private scanned = 0;

  frame(bytes: Uint8Array, start: number, end: number): number {
    let owed = this.owed === 0 ? 1 : this.owed;
    let at = start + this.element;
    do {
      if (at === end) return this.suspend(owed, at - start, at - start + 1);
      const type = bytes[at];
      let next = FRAME_MALFORMED;
      if (type === DOLLAR) next = this.passBulk(bytes, at, end);
      else if (type === PLUS || type === MINUS) next = this.passText(bytes, at, end);
      else if (type === COLON) next = passInteger(bytes, at, end);
      else if (type === ASTERISK) {
        const count = this.line.read(bytes, at + 1, end);
        next = this.passLine(count, end);
        if (count > 0) owed += count;
      }
      if (next > end) return this.suspend(owed, at - start, next - start);
      if (next < 0 || owed > MAX_OWED) return FRAME_MALFORMED;
      at = next;
      owed--;
    } while (owed > 0);
    this.owed = 0;
    this.element = 0;
    this.replyClass = bytes[start] === MINUS ? classOfError(bytes, start, at) : ReplyClass.ok;
    return at;
  }

  private suspend(owed: number, element: number, expected: number): number {
    this.owed = owed;
    this.element = element;
    this.expected = expected;
    return FRAME_INCOMPLETE;
  }

  private passBulk(bytes: Uint8Array, at: number, end: number): number {
    const length = this.line.read(bytes, at + 1, end);
    if (length < 0) return this.passLine(length, end);
    const next = this.line.next + length + 2;
    if (next <= end && (bytes[next - 2] !== CR || bytes[next - 1] !== LF)) return FRAME_MALFORMED;
    return next;
  }

  /** @param length what the line said, or one of the codes of a length line. */
  private passLine(length: number, end: number): number {
    if (length >= 0 || length === LENGTH_NIL) return this.line.next;
    return length === LENGTH_INCOMPLETE ? end + 1 : FRAME_MALFORMED;
  }

  private passText(bytes: Uint8Array, element: number, end: number): number {
    let at = element + 1 + this.scanned;
    while (at < end && bytes[at] !== CR && bytes[at] !== LF) at++;
    if (at - element > MAX_TEXT_LENGTH) return FRAME_MALFORMED;
    const next = passLineEnd(bytes, at, end);
    this.scanned = next > end ? at - element - 1 : 0;
    return next;
  }
}

function passInteger(bytes: Uint8Array, element: number, end: number): number {
  let first = element + 1;
  if (first < end && bytes[first] === MINUS) first++;
  let at = first;
  while (at < end && bytes[at] >= ZERO && bytes[at] <= NINE) at++;
  if (at - first > MAX_DIGITS || (at === first && at < end)) return FRAME_MALFORMED;
  return passLineEnd(bytes, at, end);
}

function passLineEnd(bytes: Uint8Array, at: number, end: number): number {
  if (at < end && bytes[at] !== CR) return FRAME_MALFORMED;
  if (at + 1 < end && bytes[at + 1] !== LF) return FRAME_MALFORMED;
  return at + 2 > end ? end + 1 : at + 2;
}

function classOfError(bytes: Uint8Array, start: number, end: number): ReplyClass {
  for (const code of notReadyCodes) {
    let i = 0;
    while (i < code.length && start + i < end && bytes[start + i] === code[i]) i++;
    if (i === code.length) return ReplyClass.notReady;
  }
  return ReplyClass.error;
}
