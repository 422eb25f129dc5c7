/** Below this many bytes a loop is as fast as any call. */
const CALL_FROM = 12;
/** From here on the native copy is faster, and worth the view that it needs. */
const LONG = 256;

/**
 * Copies `from[start, end)` to `to` at `at`; returns the offset after it. Within one buffer, as nearly all of the
 * engine's memory is (see arena.ts), it allocates nothing.
 */
export function copyBytes(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
  const length = end - start;
  if (length >= CALL_FROM && from === to) to.copyWithin(at, start, end);
  else if (length >= LONG) to.set(from.subarray(start, end), at);
  else for (let read = start, write = at; read < end; ) to[write++] = from[read++];
  return at + length;
}
