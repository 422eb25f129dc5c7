import { foldCase, MINUS, NINE, ZERO } from '../ascii.js';
import type { Arguments } from './refusal.js';

const MAX_DIGITS = 15;
const MAX_DIGITS_OF_64_BITS = 19;

/**
 * Whether argument `index` is `word`, which is lower case. As redis-server compares options: in any letter case,
 * and only up to a NUL. Otherwise `STORE\0x` would hide a key from us that the server finds.
 */
export function isWord(command: Arguments, index: number, word: Uint8Array): boolean {
  const { bytes } = command;
  const start = command.argStart(index);
  const rest = command.argEnd(index) - start - word.length;
  if (rest < 0 || (rest > 0 && bytes[start + word.length] !== 0)) return false;
  for (let i = 0; i < word.length; i++) {
    if (foldCase[bytes[start + i]] !== word[i]) return false;
  }
  return true;
}

/** The integer that argument `index` spells as redis-server takes it: no plus, no leading zero. Else NaN. */
export function integerAt(command: Arguments, index: number): number {
  const { bytes } = command;
  const end = command.argEnd(index);
  let at = command.argStart(index);
  const negative = at < end && bytes[at] === MINUS;
  if (negative) at++;
  const digits = end - at;
  if (digits < 1 || digits > MAX_DIGITS || (bytes[at] === ZERO && (digits > 1 || negative)))
    return Number.NaN;
  let value = 0;
  for (; at < end; at++) {
    const digit = bytes[at] - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return negative ? -value : value;
}

/** Whether it spells an integer, of as many digits as 64 bits may have. */
export function isInteger(command: Arguments, index: number): boolean {
  const { bytes } = command;
  const end = command.argEnd(index);
  let at = command.argStart(index);
  if (at < end && bytes[at] === MINUS) at++;
  if (at === end || end - at > MAX_DIGITS_OF_64_BITS) return false;
  while (at < end && bytes[at] >= ZERO && bytes[at] <= NINE) at++;
  return at === end;
}

/** The first bytes of argument `index`, each as one character. */
export function textAt(command: Arguments, index: number, maxLength: number): string {
  const start = command.argStart(index);
  const length = Math.min(command.argEnd(index) - start, maxLength);
  const { buffer, byteOffset } = command.bytes;
  return Buffer.from(buffer, byteOffset + start, length).toString('latin1');
}
