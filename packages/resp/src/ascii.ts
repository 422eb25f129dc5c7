/** The bytes that the protocol gives a meaning. */
export const LF = 0x0a;
export const CR = 0x0d;
export const EXCLAMATION = 0x21;
export const DOLLAR = 0x24;
export const ASTERISK = 0x2a;
export const MINUS = 0x2d;
export const ZERO = 0x30;
export const NINE = 0x39;
export const COLON = 0x3a;
export const UNDERSCORE = 0x5f;
export const GREATER = 0x3e;
export const OPENING_BRACE = 0x7b;
export const CLOSING_BRACE = 0x7d;
export const TILDE = 0x7e;

/** Each byte, ASCII letters as lower case: names of commands and options are known in any letter case. */
export const foldCase = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) foldCase[byte] = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;

export function ascii(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}
