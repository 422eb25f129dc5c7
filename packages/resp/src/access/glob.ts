import { AclError, AclFault } from './acl-error.js';

const MAX_LENGTH = 4_096;

const QUESTION_MARK = 0x3f;
const ASTERISK = 0x2a;
const BACKSLASH = 0x5c;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const CARET = 0x5e;
const MINUS = 0x2d;

/** Steps that are no byte. A class of bytes is `FIRST_CLASS` less its number. */
const ANY = -1;
const STAR = -2;
const FIRST_CLASS = -3;

/**
 * A pattern as redis-server reads it, compiled: `*`, `?`, `[a-z]`, `[^a]` and `\` before a byte that means itself.
 *
 * Matching goes back to the last star alone, which is enough, since what an earlier one could take is no more than
 * what the last can: the time is at most the product of both lengths.
 */
export class Glob {
  readonly #steps: Int16Array;
  readonly #classes: Uint8Array[] = [];

  /**
   * @param pattern each character is a byte.
   * @throws {AclError} for a pattern of more than 4,096 bytes.
   */
  constructor(pattern: string) {
    if (pattern.length > MAX_LENGTH) throw new AclError(AclFault.patternTooLong);
    this.#steps = Int16Array.from(this.#compile(Buffer.from(pattern, 'latin1')));
  }

  matches(bytes: Uint8Array, start: number, end: number): boolean {
    const steps = this.#steps;
    // Redis-server looks at no pattern for an empty key: not even a star stands for it.
    if (start === end) return steps.length === 0;
    let at = start;
    let step = 0;
    let afterStar = -1;
    let starEnd = 0;
    while (at < end) {
      if (step < steps.length && steps[step] === STAR) {
        afterStar = ++step;
        starEnd = at;
      } else if (step < steps.length && this.#fits(steps[step], bytes[at])) {
        step++;
        at++;
      } else if (afterStar >= 0) {
        step = afterStar;
        at = ++starEnd;
      } else return false;
    }
    while (steps[step] === STAR) step++;
    return step === steps.length;
  }

  #fits(step: number, byte: number): boolean {
    if (step >= 0) return step === byte;
    return step === ANY || this.#classes[FIRST_CLASS - step][byte] === 1;
  }

  #compile(pattern: Uint8Array): number[] {
    const steps: number[] = [];
    let at = 0;
    while (at < pattern.length) {
      const byte = pattern[at++];
      if (byte === ASTERISK) {
        if (steps.at(-1) !== STAR) steps.push(STAR);
      } else if (byte === QUESTION_MARK) steps.push(ANY);
      else if (byte === OPENING_BRACKET) {
        steps.push(FIRST_CLASS - this.#classes.length);
        at = this.#compileClass(pattern, at);
      } else steps.push(byte === BACKSLASH && at < pattern.length ? pattern[at++] : byte);
    }
    return steps;
  }

  /** Returns the offset after the class, which the pattern's end may close too. */
  #compileClass(pattern: Uint8Array, start: number): number {
    const negated = pattern[start] === CARET ? 1 : 0;
    const members = new Uint8Array(256).fill(negated);
    this.#classes.push(members);
    let at = start + negated;
    while (at < pattern.length) {
      const byte = pattern[at++];
      if (byte === CLOSING_BRACKET) break;
      if (byte === BACKSLASH && at < pattern.length) members[pattern[at++]] = 1 - negated;
      else if (pattern[at] === MINUS && at + 1 < pattern.length) {
        const other = pattern[at + 1];
        members.fill(1 - negated, Math.min(byte, other), Math.max(byte, other) + 1);
        at += 2;
      } else members[byte] = 1 - negated;
    }
    return at;
  }
}
