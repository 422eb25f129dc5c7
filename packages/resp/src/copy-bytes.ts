/** From here on the engine's own copy is faster, and worth the view that it needs. */
const LONG = 256;

/** Copies `[start, end)` to `out` at `at`; returns the offset after it. Short ranges without allocating. */
export function copyBytes(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  at: number,
): number {
  if (end - start >= LONG) out.set(bytes.subarray(start, end), at);
  else for (let from = start, to = at; from < end; ) out[to++] = bytes[from++];
  return at + end - start;
}
