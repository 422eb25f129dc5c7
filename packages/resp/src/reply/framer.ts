/**
 * Replies of a server, in RESP2 and RESP3.
 *
 *            ┌──────────────────── while owed > 0 ◄───────────┐
 *            ▼                                                │
 *   frame ─► element ─► + - : $ _ # , ( ! =  settles one ─────┤
 *                   ├─► *n ~n >n             … and owes n ────┤
 *                   ├─► %n                   … and owes 2n ───┤
 *                   └─► |n                   owes 2n ─────────┘   settles none: it belongs to what follows
 *
 * Arrays need no stack: however deep they are, all that matters is how many elements are still owed.
 */
import { FRAME_INCOMPLETE, FRAME_MALFORMED, ReplyClass, type ReplyFramer } from '@shardmux/plugin-api';
import { ascii } from '../ascii.js';
import { LENGTH_INCOMPLETE, LENGTH_NIL, LengthLine } from '../length-line.js';
import { errorTextStart } from './error-text.js';
import { isBoolean, isDouble } from './line-form.js';

// Constants of a module become part of its machine code; imported ones are loaded each time.
const LF = 0x0a;
const CR = 0x0d;
const EXCLAMATION = 0x21;
const HASH = 0x23;
const DOLLAR = 0x24;
const PERCENT = 0x25;
const PARENTHESIS = 0x28;
const ASTERISK = 0x2a;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const EQUALS = 0x3d;
const GREATER = 0x3e;
const UNDERSCORE = 0x5f;
const BAR = 0x7c;
const TILDE = 0x7e;

/** A status or an error is one line; no server sends a longer one. */
const MAX_TEXT_LENGTH = 65_536;

/** Of a 64-bit integer. */
const MAX_DIGITS = 19;

const MAX_OWED = 0x7fffffff;

/** The format of a verbatim text, `txt`; a colon follows it. */
const FORMAT_LENGTH = 3;

/** What errors mean that begin with these words. OOM is none of them: reads are served on. */
const classes = Object.entries({
  'LOADING ': ReplyClass.notReady,
  'MASTERDOWN ': ReplyClass.notReady,
  'BUSY ': ReplyClass.notReady,
  'MOVED ': ReplyClass.moved,
  'ASK ': ReplyClass.ask,
  'TRYAGAIN ': ReplyClass.tryAgain,
  'CLUSTERDOWN ': ReplyClass.tryAgain,
  'READONLY ': ReplyClass.readOnly,
}).map(([code, replyClass]) => ({ code: ascii(code), replyClass }));

/**
 * Elements are passed by methods that return the offset after the element: one beyond `end` where bytes are
 * missing, which is then a lower bound, or FRAME_MALFORMED.
 */
export class RespReplyFramer implements ReplyFramer {
  replyClass: ReplyClass = ReplyClass.ok;
  isPush = false;
  expected = 0;

  private readonly line = new LengthLine();
  /** Elements that the incomplete reply still owes; 0 between replies. */
  private owed = 0;
  /** Where the first of them begins, relative to the reply's start. */
  private element = 0;
  /** How many bytes of it were scanned for a line's end already, where it is a text. */
  private scanned = 0;
  /** Where the reply itself begins, behind its attributes, as far as they are known. */
  private head = 0;
  /** How many elements the one passed last has in it, where RESP2 does not have its type. */
  private contained = 0;

  frame(bytes: Uint8Array, start: number, end: number): number {
    let owed = this.owed === 0 ? 1 : this.owed;
    let at = start + this.element;
    for (;;) {
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
        } else {
          next = this.passNewer(bytes, at, end, at === start + this.head);
          owed += this.contained;
        }
        if (next > end) return this.suspend(owed, at - start, next - start);
        if (next < 0 || owed > MAX_OWED) return FRAME_MALFORMED;
        at = next;
        owed--;
      } while (owed > 0);
      if (bytes[start] !== BAR || bytes[start + this.head] !== BAR) break;
      // Those were attributes: what they belong to comes now.
      this.head = at - start;
      owed = 1;
    }
    this.owed = 0;
    this.element = 0;
    this.replyClass = ReplyClass.ok;
    this.isPush = false;
    if (needsLook(bytes[start])) this.classify(bytes, start + this.head, at);
    return at;
  }

  private suspend(owed: number, element: number, expected: number): number {
    this.owed = owed;
    this.element = element;
    this.expected = expected;
    return FRAME_INCOMPLETE;
  }

  private classify(bytes: Uint8Array, head: number, end: number): void {
    const type = bytes[head];
    if (type === MINUS || type === EXCLAMATION) this.replyClass = classOfError(bytes, head, end);
    this.isPush = type === GREATER;
    this.head = 0;
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

  // ─── what RESP2 does not have ─────────────────────────────────────────────

  /** @param isHead whether it is no part of another element. */
  private passNewer(bytes: Uint8Array, at: number, end: number, isHead: boolean): number {
    this.contained = 0;
    switch (bytes[at]) {
      case UNDERSCORE:
      case HASH:
      case COMMA:
        return this.passForm(bytes, at, end);
      case PARENTHESIS:
        // Scripts may call any text a number, and their mistake must not cost others the connection.
        return this.passText(bytes, at, end);
      case EXCLAMATION:
        return isNil(bytes, at, end) ? FRAME_MALFORMED : this.passBulk(bytes, at, end);
      case EQUALS:
        return isNil(bytes, at, end) ? FRAME_MALFORMED : this.passVerbatim(bytes, at, end);
      case TILDE:
      case PERCENT:
      case BAR:
        return isNil(bytes, at, end) ? FRAME_MALFORMED : this.passAggregate(bytes, at, end, isHead);
      case GREATER:
        return isNil(bytes, at, end) || !isHead ? FRAME_MALFORMED : this.passAggregate(bytes, at, end, true);
      default:
        return FRAME_MALFORMED;
    }
  }

  private passForm(bytes: Uint8Array, at: number, end: number): number {
    const next = this.passText(bytes, at, end);
    if (next < 0 || next > end) return next;
    const type = bytes[at];
    const textEnd = next - 2;
    if (type === COMMA) return isDouble(bytes, at + 1, textEnd) ? next : FRAME_MALFORMED;
    if (type === HASH) return isBoolean(bytes, at + 1, textEnd) ? next : FRAME_MALFORMED;
    return textEnd === at + 1 ? next : FRAME_MALFORMED;
  }

  private passVerbatim(bytes: Uint8Array, at: number, end: number): number {
    const next = this.passBulk(bytes, at, end);
    const colon = this.line.next + FORMAT_LENGTH;
    const hasFormat = next > end || (colon < next - 2 && bytes[colon] === COLON);
    return hasFormat ? next : FRAME_MALFORMED;
  }

  private passAggregate(bytes: Uint8Array, at: number, end: number, isHead: boolean): number {
    const type = bytes[at];
    const count = this.line.read(bytes, at + 1, end);
    if (count >= 0) {
      this.contained = type === TILDE || type === GREATER ? count : 2 * count;
      // The element that an attribute belongs to is owed still.
      if (type === BAR && !isHead) this.contained++;
    }
    return this.passLine(count, end);
  }
}

/** Whether what begins so may be another than a reply of class ok. */
function needsLook(type: number): boolean {
  return type === MINUS || type === EXCLAMATION || type === GREATER || type === BAR;
}

/** RESP3 has a type for what is not there; only the types of RESP2 may have -1 for a length. */
function isNil(bytes: Uint8Array, element: number, end: number): boolean {
  return element + 1 < end && bytes[element + 1] === MINUS;
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
  const text = errorTextStart(bytes, start, end);
  for (const { code, replyClass } of classes) {
    let i = 0;
    while (i < code.length && text + i < end && bytes[text + i] === code[i]) i++;
    if (i === code.length) return replyClass;
  }
  return ReplyClass.error;
}
