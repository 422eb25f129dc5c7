import { foldCase } from '../ascii.js';

/** So many bytes of a name are compared as one integer. */
const WORD = 4;

/** In an ASCII letter, the bit that tells lower case from upper case. */
const CASE_BIT = 0x20;

/**
 * Commands by the bytes of their name, in any letter case: open addressing, at most a quarter full.
 *
 * A name's first four bytes make an integer. Most requests have a shorter name, which is compared by it alone:
 * that is exact, since such names are letters, and no other byte becomes a lower-case letter with the bit set.
 */
export class CommandTable<Spec> {
  private readonly mask: number;
  private readonly specs: (Spec | null)[];
  private readonly words: Int32Array;
  private readonly lengths: Int32Array;
  /** Where each slot's name begins in `letters`. */
  private readonly starts: Int32Array;
  private readonly letters: Uint8Array;

  /** @param entries specs by the name that `lookup` is to find them under: lower case, not empty. */
  constructor(entries: ReadonlyMap<string, Spec>) {
    let size = 4;
    while (size < entries.size * 4) size *= 2;
    this.mask = size - 1;
    this.specs = new Array<Spec | null>(size).fill(null);
    this.words = new Int32Array(size);
    this.lengths = new Int32Array(size);
    this.starts = new Int32Array(size);
    this.letters = Buffer.from([...entries.keys()].join(''), 'latin1');
    let start = 0;
    for (const [name, spec] of entries) {
      this.insert(spec, start, start + name.length);
      start += name.length;
    }
  }

  private insert(spec: Spec, start: number, end: number): void {
    const word = wordOf(this.letters, start, end);
    let slot = hash(word, this.letters[end - 1], end - start) & this.mask;
    while (this.specs[slot] !== null) slot = (slot + 1) & this.mask;
    this.specs[slot] = spec;
    this.words[slot] = word;
    this.lengths[slot] = end - start;
    this.starts[slot] = start;
  }

  lookup(bytes: Uint8Array, start: number, end: number): Spec | null {
    if (start === end) return null;
    const length = end - start;
    const word = wordOf(bytes, start, end);
    let slot = hash(word, bytes[end - 1] | CASE_BIT, length) & this.mask;
    for (;;) {
      const spec = this.specs[slot];
      if (spec === null) return null;
      if (this.words[slot] === word && this.lengths[slot] === length) {
        if (length <= WORD || this.matches(this.starts[slot], bytes, start, end)) return spec;
      }
      slot = (slot + 1) & this.mask;
    }
  }

  private matches(offset: number, bytes: Uint8Array, start: number, end: number): boolean {
    for (let at = start, i = offset; at < end; at++, i++) {
      if (foldCase[bytes[at]] !== this.letters[i]) return false;
    }
    return true;
  }
}

function wordOf(bytes: Uint8Array, start: number, end: number): number {
  let word = 0;
  const stop = end - start > WORD ? start + WORD : end;
  for (let at = start; at < stop; at++) word = (word << 8) | bytes[at] | CASE_BIT;
  return word;
}

function hash(word: number, last: number, length: number): number {
  const mixed = Math.imul(word ^ (last << 5) ^ length, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
