import { pieces } from './corpus.mjs';

const CAPACITY = 4096;

/** Builds inputs in one buffer: a few samples one after the other, then a few random changes. */
export class Mutator {
  constructor(random) {
    this.random = random;
    this.bytes = Buffer.alloc(CAPACITY);
    this.length = 0;
  }

  /** The next input is `bytes[0, length)`, until this is called again. */
  next(samples) {
    const { random } = this;
    this.length = 0;
    for (let i = random.below(4); i >= 0; i--) this.insert(random.pick(samples), this.length);
    for (let i = random.below(5); i > 0; i--) this.mutate(samples);
  }

  mutate(samples) {
    const { random, bytes, length } = this;
    const at = random.below(length + 1);
    switch (random.below(7)) {
      case 0:
        bytes[at] = random.below(256);
        break;
      case 1:
        bytes[at] ^= 1 << random.below(8);
        break;
      case 2:
        this.insert(random.pick(pieces), at);
        break;
      case 3:
        this.remove(at, random.below(8));
        break;
      case 4:
        this.length = at;
        break;
      case 5:
        this.insert(random.pick(samples), at);
        break;
      default:
        this.overwrite(random.pick(pieces), at);
    }
  }

  insert(piece, at) {
    if (this.length + piece.length > CAPACITY) return;
    this.bytes.copyWithin(at + piece.length, at, this.length);
    this.length += piece.length;
    this.overwrite(piece, at);
  }

  overwrite(piece, at) {
    piece.copy(this.bytes, at, 0, Math.min(piece.length, this.length - at));
  }

  remove(at, count) {
    const end = Math.min(at + count, this.length);
    this.bytes.copyWithin(at, end, this.length);
    this.length -= end - at;
  }
}
