/**
 * The part of a key that is hashed: what stands between the first opener and the first closer after it, where
 * that is not empty; else the whole key. So `{user1}.cart` and `{user1}.orders` share a node.
 *
 * Twemproxy's rule and Redis Cluster's alike: only the first opener is tried.
 */
export class HashTag {
  readonly #open: number;
  readonly #close: number;
  /** The range found last. */
  start = 0;
  end = 0;

  /** @param open, close byte values; they may be equal. */
  constructor(open: number, close: number) {
    this.#open = open;
    this.#close = close;
  }

  find(bytes: Uint8Array, start: number, end: number): void {
    this.start = start;
    this.end = end;
    let open = start;
    while (open < end && bytes[open] !== this.#open) open++;
    let close = open + 1;
    while (close < end && bytes[close] !== this.#close) close++;
    if (close < end && close > open + 1) {
      this.start = open + 1;
      this.end = close;
    }
  }
}
