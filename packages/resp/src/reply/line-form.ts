/** What stands on the one line of a null, a boolean or a double: `[start, end)`, without the type and the line's end. */

const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const LETTER_E = 0x65;
const TO_LOWER_CASE = 0x20;

const TRUE = 0x74;
const FALSE = 0x66;

/** Redis sends the sign of what is not a number, too. */
const words = ['inf', '-inf', 'nan', '-nan'].map((word) => Buffer.from(word));

export function isBoolean(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === 1 && (bytes[start] === TRUE || bytes[start] === FALSE);
}

/** `-12.5e+3`: all but the whole digits may be left out. */
export function isDouble(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start] === MINUS ? start + 1 : start;
  let at = digitsEnd(bytes, first, end);
  if (at === first) return isWord(bytes, start, end);
  if (at < end && bytes[at] === POINT) {
    const fraction = at + 1;
    at = digitsEnd(bytes, fraction, end);
    if (at === fraction) return false;
  }
  if (at < end && (bytes[at] | TO_LOWER_CASE) === LETTER_E) {
    const isSigned = bytes[at + 1] === PLUS || bytes[at + 1] === MINUS;
    const exponent = at + (isSigned ? 2 : 1);
    at = digitsEnd(bytes, exponent, end);
    if (at === exponent) return false;
  }
  return at === end;
}

function digitsEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] >= ZERO && bytes[at] < ZERO + 10) at++;
  return at;
}

function isWord(bytes: Uint8Array, start: number, end: number): boolean {
  for (const word of words) {
    let i = 0;
    while (i < word.length && bytes[start + i] === word[i]) i++;
    if (i === word.length && start + i === end) return true;
  }
  return false;
}
