/**
 *   GET key  ─►  *2\r\n $3\r\nGET\r\n $3\r\nkey\r\n
 *
 * Most arguments are short texts of ASCII: a loop writes them and their length without a call. The first character
 * that takes more than a byte sends the whole text to the native encoder.
 */
import type { Argument, RequestEncoder } from '@shardmux/plugin-api';
import { ASTERISK, DOLLAR } from '../ascii.js';
import { copyBytes } from '../copy-bytes.js';
import { lengthLineSize, writeLengthLine } from '../length-line.js';

const CR = 0x0d;
const LF = 0x0a;
const ZERO = 0x30;
const FIRST_NOT_ASCII = 0x80;

/** From here on the native encoder is faster. Two digits name any shorter length. */
const LONG_TEXT = 48;

/** UTF-8 takes no more per unit of a JavaScript string. */
const MAX_BYTES_PER_UNIT = 3;
/** A type byte, at most 16 digits, and CRLF twice. */
const MAX_FRAME = 21;
/** A number's decimal form is no longer. */
const MAX_NUMBER = 25;

export class RespRequestEncoder implements RequestEncoder {
  bound(name: string, args: readonly Argument[]): number {
    let bound = MAX_FRAME + MAX_FRAME + name.length * MAX_BYTES_PER_UNIT;
    for (let i = 0; i < args.length; i++) {
      const arg = args[i];
      if (typeof arg === 'string') bound += MAX_FRAME + arg.length * MAX_BYTES_PER_UNIT;
      else bound += MAX_FRAME + (typeof arg === 'number' ? MAX_NUMBER : arg.length);
    }
    return bound;
  }

  write(name: string, args: readonly Argument[], out: Buffer, at: number): number {
    let to = writeLengthLine(ASTERISK, args.length + 1, out, at);
    to = writeText(name, out, to);
    for (let i = 0; i < args.length; i++) {
      const arg = args[i];
      if (typeof arg === 'string') to = writeText(arg, out, to);
      else if (typeof arg === 'number') to = writeText(String(arg), out, to);
      else
        to = writeEnd(out, copyBytes(arg, 0, arg.length, out, writeLengthLine(DOLLAR, arg.length, out, to)));
    }
    return to;
  }
}

function writeText(text: string, out: Buffer, start: number): number {
  const { length } = text;
  if (length >= LONG_TEXT) return writeLongText(text, out, start);
  let at = start;
  out[at++] = DOLLAR;
  if (length >= 10) out[at++] = ZERO + ((length / 10) | 0);
  out[at++] = ZERO + (length % 10);
  out[at++] = CR;
  out[at++] = LF;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= FIRST_NOT_ASCII) return writeLongText(text, out, start);
    out[at++] = unit;
  }
  return writeEnd(out, at);
}

function writeLongText(text: string, out: Buffer, start: number): number {
  // The length is known only when the text is written, and its own length decides where that is: guessed first.
  const guess = start + lengthLineSize(text.length);
  let length = out.write(text, guess, 'utf8');
  const at = start + lengthLineSize(length);
  if (at !== guess) length = out.write(text, at, 'utf8');
  writeLengthLine(DOLLAR, length, out, start);
  return writeEnd(out, at + length);
}

function writeEnd(out: Buffer, at: number): number {
  out[at] = CR;
  out[at + 1] = LF;
  return at + 2;
}
