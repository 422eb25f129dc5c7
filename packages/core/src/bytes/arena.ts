import type { ReadRegion } from '@shardmux/plugin-api';
import { SLAB_SIZE, Slab } from './slab.js';

/** What sockets are read into. */
const READ_SIZE = 128 * 1024;
/** Enough for some hundred connections that are busy in one turn. */
const SLABS = 256;
/** How often slabs that were allocated beyond these are looked through for what is not needed any more, in ms. */
const TRIM_INTERVAL = 1_000;

/**
 * The engine's memory: one buffer, cut into a region for reading and slabs.
 *
 *   │ read │ slab │ slab │ slab │ …
 *
 * Bytes move from the read region to a link's slab, and back to a client's, without leaving the buffer; so they
 * are moved by `copyWithin`, which needs no view, where another buffer would cost an allocation or a loop. Pages
 * that were never used take no memory.
 *
 * When the arena is used up, slabs are allocated, and kept as spares while they are in use time and again: memory
 * outside of the heap counts towards the next collection, and some hundred slabs a turn would keep the collector
 * busy. What is larger than a slab is left to it.
 *
 *   take ──► slab ──► give ──► spare ──► take …
 *                                └── not needed all through an interval ──► collector
 */
export class Arena {
  /** Shared by all sockets: what is read is copied or used up before the next read. */
  readonly readRegion: ReadRegion;
  readonly #free: Slab[] = [];
  readonly #bytes = Buffer.allocUnsafeSlow(READ_SIZE + SLABS * SLAB_SIZE);
  readonly #spare: Slab[] = [];
  /** The fewest spares that there were since the last trim. */
  #unneeded = 0;
  #trimming: NodeJS.Timeout | null = null;

  constructor() {
    this.readRegion = { bytes: this.#bytes, start: 0, end: READ_SIZE };
    for (let i = SLABS - 1; i >= 0; i--) {
      const base = READ_SIZE + i * SLAB_SIZE;
      this.#free.push(new Slab(this.#bytes, base, base + SLAB_SIZE));
    }
  }

  /** An empty slab with room for `size` bytes at least. */
  take(size: number): Slab {
    if (size > SLAB_SIZE) return allocate(size);
    return this.#free.pop() ?? this.#takeSpare() ?? allocate(SLAB_SIZE);
  }

  give(slab: Slab): void {
    if (slab.limit - slab.base > SLAB_SIZE) return;
    slab.fill = slab.base;
    slab.refs = 0;
    if (slab.bytes === this.#bytes) {
      this.#free.push(slab);
    } else {
      this.#spare.push(slab);
      this.#trimming ??= setInterval(() => this.#trim(), TRIM_INTERVAL).unref();
    }
  }

  #takeSpare(): Slab | undefined {
    const slab = this.#spare.pop();
    this.#unneeded = Math.min(this.#unneeded, this.#spare.length);
    return slab;
  }

  #trim(): void {
    this.#spare.splice(0, this.#unneeded);
    this.#unneeded = this.#spare.length;
    if (this.#unneeded > 0) return;
    clearInterval(this.#trimming as NodeJS.Timeout);
    this.#trimming = null;
  }
}

function allocate(length: number): Slab {
  return new Slab(Buffer.allocUnsafeSlow(length), 0, length);
}
