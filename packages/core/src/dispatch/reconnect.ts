import type { Failure } from '@shardmux/plugin-api';

/** How long to wait before connecting again, in ms: doubles from `min` to `max` with every failure in a row. */
export interface Backoff {
  readonly min: number;
  readonly max: number;
}

/**
 * When one link may connect again after it could not: later each time, and not at the same moment as all others
 * that lost the same server, for half of the wait is random.
 */
export class Reconnect {
  readonly #backoff: Backoff;
  readonly #random: () => number;
  #attempts = 0;
  #notBefore = 0;
  /** Why it could not connect last; what requests are answered with until it may try again. */
  failure: Failure = 'refused';

  /** @param random as `Math.random`. */
  constructor(backoff: Backoff, random: () => number = Math.random) {
    this.#backoff = backoff;
    this.#random = random;
  }

  mayConnect(now: number): boolean {
    return now >= this.#notBefore;
  }

  failed(failure: Failure, now: number): void {
    const { min, max } = this.#backoff;
    const full = Math.min(max, min * 2 ** this.#attempts);
    this.#attempts++;
    this.#notBefore = now + full / 2 + (this.#random() * full) / 2;
    this.failure = failure;
  }

  /** It connected, or its server was found healthy: earlier failures do not count. */
  reset(): void {
    this.#attempts = 0;
    this.#notBefore = 0;
  }
}
