/** The four bytes at `at` as a little-endian word, signed. */
export function word(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}

/** As `word`, with zeros in place of the bytes from `end` on. */
export function partialWord(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 <= end) return word(bytes, at);
  let value = 0;
  for (let i = at; i < end; i++) value |= bytes[i] << ((i - at) << 3);
  return value;
}
