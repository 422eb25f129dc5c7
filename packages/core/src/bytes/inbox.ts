import type { Arena } from './arena.js';
import { copyBytes } from './copy.js';
import { SLAB_SIZE, type Slab } from './slab.js';

/** What takes frames out of bytes. */
export interface FrameParser {
  /** Takes whole frames from `bytes[start, end)`; returns where the first one begins that it did not take. */
  parse(bytes: Uint8Array, start: number, end: number): number;
  /** A lower bound for the whole length of the frame that was incomplete last. */
  readonly expected: number;
}

/** Short frames are completed by as many bytes at once; what follows the frame is taken back. */
const MIN_TAKEN = 256;

/**
 * Keeps the bytes of a frame that has not come whole. Empty, it holds no memory: most reads end with a frame.
 *
 *   read ──► parse where it was read ──► rest? ──► inbox
 *   read ──► inbox gets what its frame still needs ──► parse there ──► go on where it was read
 *
 * Grows by doubling, but at first not past what the frame is known to need: a value that comes in a thousand reads
 * costs linear time and memory of its own size, and so does a command of a million arguments, of which no more is known
 * than that another one follows. None is allocated for a length that was only claimed.
 */
export class Inbox {
  readonly #arena: Arena;
  #slab: Slab | null = null;
  /** It has grown to just what was expected: should that not do, it doubles, or many small steps would copy all. */
  #isTight = false;
  start = 0;
  end = 0;

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  get bytes(): Buffer | null {
    return this.#slab === null ? null : this.#slab.bytes;
  }

  /** Bytes came in: passes them to the parser, after those that are kept, and keeps what it does not take. */
  receive(parser: FrameParser, bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (this.#slab !== null && at < end) {
      const missing = parser.expected - (this.end - this.start);
      const taken = Math.min(end - at, Math.max(missing, MIN_TAKEN));
      this.append(bytes, at, at + taken, parser.expected);
      at += taken;
      const next = parser.parse(this.#slab.bytes, this.start, this.end);
      if (this.#slab === null) return;
      if (next === this.start) continue;
      at -= this.end - next;
      this.clear();
    }
    if (at === end) return;
    const next = parser.parse(bytes, at, end);
    if (next < end) this.append(bytes, next, end, parser.expected);
  }

  /** Passes what is kept to the parser once more. */
  retry(parser: FrameParser): void {
    if (this.#slab === null) return;
    const next = parser.parse(this.#slab.bytes, this.start, this.end);
    if (this.#slab === null) return;
    if (next < this.end) this.start = next;
    else this.clear();
  }

  /** @param expected lower bound of the whole frame's length, or 0. */
  append(bytes: Uint8Array, start: number, end: number, expected: number): void {
    const slab = this.#roomFor(end - start, expected);
    this.end = copyBytes(bytes, start, end, slab.bytes, this.end);
  }

  clear(): void {
    if (this.#slab !== null) this.#arena.give(this.#slab);
    this.#slab = null;
    this.#isTight = false;
    this.start = 0;
    this.end = 0;
  }

  #roomFor(more: number, expected: number): Slab {
    const slab = this.#slab;
    if (slab === null) return this.#moveTo(this.#arena.take(Math.max(more, SLAB_SIZE)));
    if (this.end + more <= slab.limit) return slab;
    const kept = this.end - this.start;
    const capacity = slab.limit - slab.base;
    if (kept + more <= capacity / 2) {
      slab.bytes.copyWithin(slab.base, this.start, this.end);
      this.start = slab.base;
      this.end = slab.base + kept;
      return slab;
    }
    const double = capacity * 2;
    const enough = expected > kept && !this.#isTight ? Math.min(double, expected) : double;
    this.#isTight = enough < double;
    return this.#moveTo(this.#arena.take(Math.max(kept + more, enough)));
  }

  #moveTo(slab: Slab): Slab {
    const old = this.#slab;
    const { start, end } = this;
    this.#slab = slab;
    this.start = slab.base;
    this.end = slab.base;
    if (old !== null) {
      this.end = copyBytes(old.bytes, start, end, slab.bytes, slab.base);
      this.#arena.give(old);
    }
    return slab;
  }
}
