/**
 * Inline commands: a line of words, quoted as redis-cli quotes them.
 *
 *   set key "two\r\nlines\x00"  ──parse──►  values, ends  ──write──►  *3 $3 set $3 key $12 …
 *
 * The rules are those of redis-server: quotes may open within a word and must close before a blank or the end;
 * double quotes know `\n \r \t \b \a \xHH`, single quotes only `\'`.
 */
import { ASTERISK, CR, DOLLAR, LF } from '../ascii.js';
import { lengthLineSize, writeLengthLine } from '../length-line.js';

export const INLINE_UNBALANCED = -1;

const SPACE = 0x20;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;
const BACKSLASH = 0x5c;
const LOWER_X = 0x78;

const escapes = new Map(
  [...'nrtba'].map((letter, i) => [letter.charCodeAt(0), '\n\r\t\b\x07'.charCodeAt(i)]),
);

export class InlineParser {
  /** The words without their quotes, one after the other, and where each one ends. */
  private values = new Uint8Array(0);
  private readonly ends: number[] = [];
  private line: Uint8Array = this.values;
  private at = 0;
  private end = 0;
  private length = 0;

  /** @returns the number of words in the line `[start, end)`, or INLINE_UNBALANCED. */
  parse(bytes: Uint8Array, start: number, end: number): number {
    if (this.values.length < end - start) this.values = new Uint8Array(end - start);
    this.line = bytes;
    this.at = start;
    this.end = end;
    this.length = 0;
    this.ends.length = 0;
    for (;;) {
      while (this.at < end && isBlank(bytes[this.at])) this.at++;
      if (this.at === end) return this.ends.length;
      if (!this.parseWord()) return INLINE_UNBALANCED;
      this.ends.push(this.length);
    }
  }

  private parseWord(): boolean {
    while (this.at < this.end) {
      const byte = this.line[this.at++];
      if (byte === DOUBLE_QUOTE) return this.parseDoubleQuoted() && this.atWordEnd();
      if (byte === SINGLE_QUOTE) return this.parseSingleQuoted() && this.atWordEnd();
      // A vertical tab and a form feed separate words but do not end one.
      if (isBlank(byte) && byte !== 0x0b && byte !== 0x0c) return true;
      this.push(byte);
    }
    return true;
  }

  private parseDoubleQuoted(): boolean {
    while (this.at < this.end) {
      const byte = this.line[this.at++];
      if (byte === DOUBLE_QUOTE) return true;
      if (byte === BACKSLASH && this.at < this.end) this.pushEscape();
      else this.push(byte);
    }
    return false;
  }

  private pushEscape(): void {
    const letter = this.line[this.at++];
    const high = letter === LOWER_X && this.at + 1 < this.end ? hexDigit(this.line[this.at]) : -1;
    const low = high >= 0 ? hexDigit(this.line[this.at + 1]) : -1;
    if (low < 0) {
      this.push(escapes.get(letter) ?? letter);
      return;
    }
    this.push(high * 16 + low);
    this.at += 2;
  }

  private parseSingleQuoted(): boolean {
    while (this.at < this.end) {
      const byte = this.line[this.at++];
      if (byte === SINGLE_QUOTE) return true;
      if (byte === BACKSLASH && this.line[this.at] === SINGLE_QUOTE && this.at < this.end) {
        this.at++;
        this.push(SINGLE_QUOTE);
      } else this.push(byte);
    }
    return false;
  }

  private atWordEnd(): boolean {
    return this.at === this.end || isBlank(this.line[this.at]);
  }

  private push(byte: number): void {
    this.values[this.length++] = byte;
  }

  /** How many bytes `write` writes. */
  get encodedLength(): number {
    let total = lengthLineSize(this.ends.length);
    for (let i = 0; i < this.ends.length; i++) {
      const length = this.ends[i] - this.startOf(i);
      total += lengthLineSize(length) + length + 2;
    }
    return total;
  }

  /** Writes the words as an array of bulks; their offsets go to `offsets`, start and end of each. */
  write(out: Uint8Array, offsets: Int32Array): void {
    let at = writeLengthLine(ASTERISK, this.ends.length, out, 0);
    for (let i = 0; i < this.ends.length; i++) {
      const start = this.startOf(i);
      const end = this.ends[i];
      at = writeLengthLine(DOLLAR, end - start, out, at);
      offsets[2 * i] = at;
      for (let from = start; from < end; from++) out[at++] = this.values[from];
      offsets[2 * i + 1] = at;
      out[at++] = CR;
      out[at++] = LF;
    }
  }

  private startOf(word: number): number {
    return word === 0 ? 0 : this.ends[word - 1];
  }
}

function isBlank(byte: number): boolean {
  return byte === SPACE || (byte >= 0x09 && byte <= 0x0d);
}

function hexDigit(byte: number): number {
  const digit = Number.parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(digit) ? -1 : digit;
}
