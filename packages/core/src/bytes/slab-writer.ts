import type { Arena } from './arena.js';
import type { Slab } from './slab.js';

/**
 * Hands out ranges of slabs, one after the other, and takes each back by reference count.
 *
 *   reserve ──► current slab ──(full)──► left to its references ──(last release)──► arena
 *
 * Ranges that follow each other in one slab can be sent by one write. At rest a writer holds no slab.
 */
export class SlabWriter {
  readonly #arena: Arena;
  #current: Slab | null = null;
  readonly #unread: Slab[] = [];
  #pinned = false;

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** A slab whose last `size` filled bytes are the caller's, until `release`. */
  reserve(size: number): Slab {
    let slab = this.#current;
    if (slab === null || slab.fill + size > slab.limit) {
      slab = this.#arena.take(size);
      this.#current = slab;
    }
    slab.fill += size;
    slab.refs++;
    return slab;
  }

  release(slab: Slab): void {
    if (--slab.refs > 0) return;
    if (slab === this.#current) this.#current = null;
    if (this.#pinned) this.#unread.push(slab);
    else this.#arena.give(slab);
  }

  /** The transport may still read from what was reserved: until `unpin` no slab is used again. */
  pin(): void {
    this.#pinned = true;
  }

  unpin(): void {
    this.#pinned = false;
    for (const slab of this.#unread) this.#arena.give(slab);
    this.#unread.length = 0;
  }
}
