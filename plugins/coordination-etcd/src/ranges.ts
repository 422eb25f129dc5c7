/** The gateway has bytes in base 64. */
export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

export function text(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}

/** All keys that begin with a prefix: from it on, up to what follows the last of them. */
export function rangeOf(prefix: string): { readonly key: string; readonly range_end: string } {
  const end = Buffer.from(prefix);
  // UTF-8 has no byte 255, so there is always one to follow.
  if (end.length > 0) end[end.length - 1]++;
  // From the first key to the last: a zero byte stands for either.
  const all = base64('\0');
  return prefix === ''
    ? { key: all, range_end: all }
    : { key: base64(prefix), range_end: end.toString('base64') };
}
