import type { Failure } from '@shardmux/plugin-api';

/** How long to wait before connecting again, in ms, after so many failures in a row; `null` to give up. */
export type Backoff = (attempt: number) => number | null;

/**
 * Doubles from `min` to `max` ms, whole ones, with every failure in a row. Half of each wait is random, so that not
 * all who lost the same server come back at the same moment.
 *
 * @param random as `Math.random`.
 */
export function exponentialBackoff(min: number, max: number, random: () => number = Math.random): Backoff {
  return (attempt) => {
    const full = Math.min(max, min * 2 ** (attempt - 1));
    return Math.round(full / 2 + (random() * full) / 2);
  };
}

/** When one link may connect again after it could not. */
export class Reconnect {
  readonly #backoff: Backoff;
  #attempts = 0;
  #notBefore = 0;
  /** Why it could not connect last; what requests are answered with until it may try again. */
  failure: Failure = 'refused';

  constructor(backoff: Backoff) {
    this.#backoff = backoff;
  }

  /** It will not connect again until `reset`. */
  get gaveUp(): boolean {
    return this.#notBefore === Number.POSITIVE_INFINITY;
  }

  /** ms until it may connect. */
  wait(now: number): number {
    return Math.max(0, this.#notBefore - now);
  }

  mayConnect(now: number): boolean {
    return now >= this.#notBefore;
  }

  failed(failure: Failure, now: number): void {
    const delay = this.#backoff(++this.#attempts);
    this.#notBefore = delay === null ? Number.POSITIVE_INFINITY : now + delay;
    this.failure = failure;
  }

  /** It connected, or its server was found healthy: earlier failures do not count. */
  reset(): void {
    this.#attempts = 0;
    this.#notBefore = 0;
  }
}
