export const HASH_TAG_FORM = 'must be exactly two bytes: the one that opens a tag and the one that closes it';

/** The two bytes of a hash tag; `null` where the text is not two bytes long. */
export function parseHashTag(text: string): { readonly open: number; readonly close: number } | null {
  const [open, close, more] = Buffer.from(text);
  return open === undefined || close === undefined || more !== undefined ? null : { open, close };
}
