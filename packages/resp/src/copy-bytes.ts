/** Below this many bytes a loop is as fast as any call. */
const CALL_FROM = 12;
/** From here on the native copy is faster, and worth the view that it needs. */
const LONG = 256;

/** Copies `[start, end)` to `out` at `at`; returns the offset after it. Within one buffer without allocating. */
export function copyBytes(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  at: number,
): number {
  const length = end - start;
  if (length >= CALL_FROM && bytes === out) out.copyWithin(at, start, end);
  else if (length >= LONG) out.set(bytes.subarray(start, end), at);
  else for (let from = start, to = at; from < end; ) out[to++] = bytes[from++];
  return at + length;
}
