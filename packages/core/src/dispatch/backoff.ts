/** How long to wait before connecting again: doubles from `min` to `max` ms, with jitter of half. */
export class Backoff {
  readonly #min: number;
  readonly #max: number;
  readonly #random: () => number;

  constructor(min: number, max: number, random: () => number = Math.random) {
    this.#min = min;
    this.#max = max;
    this.#random = random;
  }

  /** @param attempts failed so far, 1 at least. */
  delay(attempts: number): number {
    const full = Math.min(this.#max, this.#min * 2 ** (attempts - 1));
    return full / 2 + (this.#random() * full) / 2;
  }
}
