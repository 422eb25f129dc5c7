import { copyBytes } from './copy.js';
import { SLAB_SIZE, type Slab, type SlabPool } from './slab.js';

/**
 * Keeps the bytes of a frame that has not come whole. Empty, it holds no memory: most reads end with a frame.
 *
 *   read ──► parse in the read buffer ──► rest? ──► inbox ◄── next read
 *                                                     └──► parse in the inbox ──► rest? …
 *
 * Grows by doubling, but not past what the frame is known to need, so a value that comes in a thousand reads
 * costs linear time, and memory of its own size.
 */
export class Inbox {
  readonly #pool: SlabPool;
  #slab: Slab | null = null;
  start = 0;
  end = 0;

  constructor(pool: SlabPool) {
    this.#pool = pool;
  }

  get bytes(): Buffer | null {
    return this.#slab === null ? null : this.#slab.bytes;
  }

  /** @param expected lower bound of the whole frame's length, or 0. */
  append(bytes: Uint8Array, start: number, end: number, expected: number): void {
    const slab = this.#roomFor(end - start, expected);
    this.end = copyBytes(bytes, start, end, slab.bytes, this.end);
  }

  /** Everything before `offset` has been parsed. */
  consume(offset: number): void {
    if (this.#slab === null) return;
    if (offset < this.end) this.start = offset;
    else this.clear();
  }

  clear(): void {
    if (this.#slab !== null) this.#pool.give(this.#slab);
    this.#slab = null;
    this.start = 0;
    this.end = 0;
  }

  #roomFor(more: number, expected: number): Slab {
    const slab = this.#slab;
    const kept = this.end - this.start;
    if (slab === null) {
      this.#slab = this.#pool.take(Math.max(more, SLAB_SIZE));
      return this.#slab;
    }
    if (this.end + more <= slab.bytes.length) return slab;
    if (kept + more <= slab.bytes.length / 2) {
      slab.bytes.copyWithin(0, this.start, this.end);
      this.start = 0;
      this.end = kept;
      return slab;
    }
    const doubled = slab.bytes.length * 2;
    const enough = expected > kept ? Math.min(doubled, expected) : doubled;
    const larger = this.#pool.take(Math.max(kept + more, enough));
    copyBytes(slab.bytes, this.start, this.end, larger.bytes, 0);
    this.#pool.give(slab);
    this.#slab = larger;
    this.start = 0;
    this.end = kept;
    return larger;
  }
}
