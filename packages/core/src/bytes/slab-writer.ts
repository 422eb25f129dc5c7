import type { Slab, SlabPool } from './slab.js';

/**
 * Hands out ranges of slabs, one after the other, and takes each back by reference count.
 *
 *   reserve ──► current slab ──(full)──► left to its references ──(last release)──► pool
 *
 * Ranges that follow each other in one slab can be sent by one write. At rest a writer holds no slab.
 */
export class SlabWriter {
  readonly #pool: SlabPool;
  #current: Slab | null = null;
  /** While true no slab is reused, since the transport may still read from it. */
  pinned = false;

  constructor(pool: SlabPool) {
    this.#pool = pool;
  }

  /** A slab whose last `size` filled bytes are the caller's, until `release`. */
  reserve(size: number): Slab {
    let slab = this.#current;
    if (slab === null || slab.fill + size > slab.bytes.length) {
      slab = this.#pool.take(size);
      this.#current = slab;
    }
    slab.fill += size;
    slab.refs++;
    return slab;
  }

  release(slab: Slab): void {
    if (--slab.refs > 0) return;
    if (slab === this.#current) this.#current = null;
    if (!this.pinned) this.#pool.give(slab);
  }
}
