/** Above this many bytes the native copy wins, though it must allocate a view for its source. */
const NATIVE_FROM = 256;

/** Copies `from[start, end)` to `to` at `at`; returns the offset after it. */
export function copyBytes(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
  if (end - start >= NATIVE_FROM) {
    to.set(from.subarray(start, end), at);
    return at + end - start;
  }
  let write = at;
  for (let read = start; read < end; read++) to[write++] = from[read];
  return write;
}
