// Constants of this module are part of its machine code; imported ones would be loaded each time.
const LF = 0x0a;
const CR = 0x0d;
const MINUS = 0x2d;
const ZERO = 0x30;

/** `-1`: what an array or a bulk that is not there has for a length. */
export const LENGTH_NIL = -1;
export const LENGTH_INCOMPLETE = -2;
const LENGTH_INVALID = -3;

/** More digits would only name lengths that nobody may send, and nine always fit a small integer. */
const MAX_DIGITS = 9;

/** Two digits and CRLF: nearly all lengths are read without a loop. */
const SHORT_LINE = 4;

/** The largest length that can be read. */
export const MAX_LENGTH = 999_999_999;

/**
 * Reads the digits and the CRLF that follow a type byte: the length of a bulk or the count of an array.
 * Stricter than redis-server in two ways: of negative numbers only -1 is known, and the LF is looked at.
 */
export class LengthLine {
  /** The offset after the line read last. */
  next = 0;

  /** @returns the length, or one of the codes above. */
  read(bytes: Uint8Array, start: number, end: number): number {
    if (start + SHORT_LINE > end) return this.readAny(bytes, start, end);
    const first = bytes[start] - ZERO;
    if (first < 0 || first > 9) return this.readAny(bytes, start, end);
    if (bytes[start + 1] === CR && bytes[start + 2] === LF) {
      this.next = start + 3;
      return first;
    }
    const second = bytes[start + 1] - ZERO;
    if (first === 0 || second < 0 || second > 9 || bytes[start + 2] !== CR || bytes[start + 3] !== LF) {
      return this.readAny(bytes, start, end);
    }
    this.next = start + 4;
    return first * 10 + second;
  }

  private readAny(bytes: Uint8Array, start: number, end: number): number {
    let value = 0;
    let at = start;
    while (at < end) {
      const digit = bytes[at] - ZERO;
      if (digit < 0 || digit > 9) break;
      if (at - start === MAX_DIGITS) return LENGTH_INVALID;
      value = value * 10 + digit;
      at++;
    }
    if (at === end) return LENGTH_INCOMPLETE;
    if (at === start) return this.readNil(bytes, start, end);
    if (bytes[at] !== CR || (at > start + 1 && bytes[start] === ZERO)) return LENGTH_INVALID;
    if (at + 1 === end) return LENGTH_INCOMPLETE;
    if (bytes[at + 1] !== LF) return LENGTH_INVALID;
    this.next = at + 2;
    return value;
  }

  private readNil(bytes: Uint8Array, start: number, end: number): number {
    for (let i = 0; i < NIL_LINE.length; i++) {
      if (start + i === end) return LENGTH_INCOMPLETE;
      if (bytes[start + i] !== NIL_LINE[i]) return LENGTH_INVALID;
    }
    this.next = start + NIL_LINE.length;
    return LENGTH_NIL;
  }
}

const NIL_LINE = Uint8Array.of(MINUS, ZERO + 1, CR, LF);

/** How many decimal digits a number in `[0, 2^53)` has. */
function digitsOf(value: number): number {
  let digits = 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits++;
  return digits;
}

/** How many bytes `writeLengthLine` writes. */
export function lengthLineSize(value: number): number {
  return 1 + digitsOf(value) + 2;
}

/** Writes a type byte, a number in `[0, 2^53)` and CRLF at `at`; returns the offset after them. */
export function writeLengthLine(type: number, value: number, out: Uint8Array, at: number): number {
  const end = at + 1 + digitsOf(value);
  out[at] = type;
  let rest = value;
  for (let i = end - 1; i > at; i--) {
    const tens = Math.floor(rest / 10);
    out[i] = ZERO + rest - tens * 10;
    rest = tens;
  }
  out[end] = CR;
  out[end + 1] = LF;
  return end + 2;
}
