import type { ReadRegion } from '@shardmux/plugin-api';
import { SLAB_SIZE, Slab } from './slab.js';

/** What sockets are read into. */
const READ_SIZE = 128 * 1024;
/** Enough for some hundred connections that are busy in one turn. */
const SLABS = 256;

/**
 * The engine's memory: one buffer, cut into a region for reading and slabs.
 *
 *   │ read │ slab │ slab │ slab │ …
 *
 * Bytes move from the read region to a link's slab, and back to a client's, without leaving the buffer; so they
 * are moved by `copyWithin`, which needs no view, where another buffer would cost an allocation or a loop. Pages
 * that were never used take no memory. When the arena is used up, or for a larger block, memory is allocated, and
 * left to the collector afterwards.
 */
export class Arena {
  /** Shared by all sockets: what is read is copied or used up before the next read. */
  readonly readRegion: ReadRegion;
  readonly #free: Slab[] = [];
  readonly #bytes = Buffer.allocUnsafeSlow(READ_SIZE + SLABS * SLAB_SIZE);

  constructor() {
    this.readRegion = { bytes: this.#bytes, start: 0, end: READ_SIZE };
    for (let i = SLABS - 1; i >= 0; i--) {
      const base = READ_SIZE + i * SLAB_SIZE;
      this.#free.push(new Slab(this.#bytes, base, base + SLAB_SIZE));
    }
  }

  /** An empty slab with room for `size` bytes at least. */
  take(size: number): Slab {
    const slab = size <= SLAB_SIZE ? this.#free.pop() : undefined;
    if (slab !== undefined) return slab;
    const length = Math.max(size, SLAB_SIZE);
    return new Slab(Buffer.allocUnsafeSlow(length), 0, length);
  }

  give(slab: Slab): void {
    if (slab.bytes !== this.#bytes) return;
    slab.fill = slab.base;
    slab.refs = 0;
    this.#free.push(slab);
  }
}
