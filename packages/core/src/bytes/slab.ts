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

/** Keeps slabs of the usual size for the next who needs one. Larger ones are left to the collector. */
export class SlabPool {
  readonly #free: Slab[] = [];
  readonly #maxFree: number;

  /** @param maxFree slabs kept while nobody uses them. */
  constructor(maxFree = 256) {
    this.#maxFree = maxFree;
  }

  take(size: number): Slab {
    if (size > SLAB_SIZE) return new Slab(size);
    return this.#free.pop() ?? new Slab(SLAB_SIZE);
  }

  give(slab: Slab): void {
    if (slab.bytes.length !== SLAB_SIZE || this.#free.length >= this.#maxFree) return;
    slab.fill = 0;
    slab.refs = 0;
    this.#free.push(slab);
  }
}
