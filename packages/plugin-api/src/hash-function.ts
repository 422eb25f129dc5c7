/**
 * Maps key bytes `[start, end)` to an unsigned 32-bit integer.
 *
 * Runs for every request: pure, total, without allocation; it never reads outside `[start, end)` and never
 * writes. The engine does not call it for an empty key, whose hash is 0, nor where a pool has a single node.
 */
export type HashFunction = (bytes: Uint8Array, start: number, end: number) => number;
