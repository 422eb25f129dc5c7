/** Bytes in one slab. Most turns of a busy link fit in; what does not gets a slab of its own size. */
export const SLAB_SIZE = 64 * 1024;

/** A block of memory that is filled from the front; `refs` counts the ranges in it that somebody still needs. */
export class Slab {
  readonly bytes: Buffer;
  fill = 0;
  refs = 0;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafeSlow(size);
  }
}

/** Slabs kept for good, and at the most. */
const MIN_FREE = 16;
const MAX_FREE = 256;
/** How long after a peak the slabs that it took are let go, half of them at a time; in ms. */
const TRIM_AFTER = 1_000;

/** Keeps slabs of the usual size for the next who needs one. Larger ones are left to the collector. */
export class SlabPool {
  readonly #free: Slab[] = [];
  #trimming: NodeJS.Timeout | null = null;

  take(size: number): Slab {
    if (size > SLAB_SIZE) return new Slab(size);
    return this.#free.pop() ?? new Slab(SLAB_SIZE);
  }

  give(slab: Slab): void {
    if (slab.bytes.length !== SLAB_SIZE || this.#free.length >= MAX_FREE) return;
    slab.fill = 0;
    slab.refs = 0;
    this.#free.push(slab);
    if (this.#free.length > MIN_FREE && this.#trimming === null) this.#trimLater();
  }

  #trimLater(): void {
    this.#trimming = setTimeout(() => {
      this.#free.length = Math.max(MIN_FREE, this.#free.length >> 1);
      this.#trimming = null;
      if (this.#free.length > MIN_FREE) this.#trimLater();
    }, TRIM_AFTER).unref();
  }
}
