/** How long a proxy that failed is left alone, in ms, twice as long with each further time. */
const MIN_WAIT = 1_000;
const MAX_WAIT = 60_000;

/** What there is against a proxy: that it failed. */
export class Setback {
  readonly at: number;
  readonly #wait: number;
  /** It lives again. */
  isOver = false;

  /** @param before what there was against it already. */
  constructor(at: number, before: Setback | undefined) {
    this.at = at;
    this.#wait = before === undefined ? MIN_WAIT : Math.min(MAX_WAIT, before.#wait * 2);
  }

  /** Whether it may be looked at. */
  isDue(now: number): boolean {
    return !this.isOver && now >= this.at + this.#wait;
  }
}
