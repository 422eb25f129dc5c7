/** A small seeded generator (mulberry32): the same seed gives the same inputs on every machine. */
export class Random {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  /** A whole number in `[0, limit)`. */
  below(limit) {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  pick(list) {
    return list[this.below(list.length)];
  }
}
