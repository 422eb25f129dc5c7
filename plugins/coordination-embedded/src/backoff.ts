const FIRST = 50;
const LONGEST = 1_000;

/** How long to wait before a store is tried again: longer each time, with jitter. */
export class Backoff {
  #wait = FIRST;

  /** In ms. */
  next(): number {
    const wait = this.#wait;
    this.#wait = Math.min(2 * wait, LONGEST);
    return wait * (0.5 + Math.random() / 2);
  }

  /** It was within reach. */
  reset(): void {
    this.#wait = FIRST;
  }
}
