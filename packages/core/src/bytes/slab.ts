/** Bytes in one slab. Most turns of a busy link fit in; what does not gets a slab of its own size. */
export const SLAB_SIZE = 64 * 1024;

/** A block of memory that is filled from the front; `refs` counts the ranges in it that somebody still needs. */
export class Slab {
  readonly bytes: Buffer;
  /** The block is `bytes[base, limit)`. */
  readonly base: number;
  readonly limit: number;
  /** The offset after the last byte that is taken. */
  fill: number;
  refs = 0;

  constructor(bytes: Buffer, base: number, limit: number) {
    this.bytes = bytes;
    this.base = base;
    this.limit = limit;
    this.fill = base;
  }
}
