import type { Breach } from './conformance-error.js';

/** How long a check may take where the author names no limit, in ms: a second less than most test runners allow. */
export const TIME_LIMIT = 4_000;

/** How long it may take to clear away what a proof leaves, in ms. */
const CLEARING_LIMIT = 500;

/** How long nothing happens until it is taken that nothing will, in ms. */
const QUIET = 50;

const EXPIRED = Symbol('expired');

/**
 * What the proof of a promise that takes time works with: a deadline, so that a plugin which hangs breaks the
 * promise instead of hanging the test, and a list of what must be cleared away, whether it breaks or not.
 */
export class Proof {
  readonly breach: Breach;
  readonly #limit: number;
  readonly #cleanups: (() => void | Promise<void>)[] = [];
  #deadline: number;

  constructor(breach: Breach, limit: number) {
    this.breach = breach;
    this.#limit = limit;
    this.#deadline = performance.now() + limit;
  }

  /** The value of `pending`; a breach where the deadline comes first. */
  async settled<T>(what: string, pending: PromiseLike<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const expiry = new Promise<typeof EXPIRED>((resolve) => {
      timer = setTimeout(resolve, this.#deadline - performance.now(), EXPIRED);
    });
    try {
      const outcome = await Promise.race([pending, expiry]);
      if (outcome === EXPIRED) this.breach(`${what} takes longer than ${this.#limit} ms`);
      return outcome;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Lets a while go by in which that which must not happen could. */
  quiet(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, QUIET));
  }

  /** To be done when the proof is over; what was named last comes first. */
  finally(cleanup: () => void | Promise<void>): void {
    this.#cleanups.push(cleanup);
  }

  /** A plugin that cannot be cleared away breaks another promise than this one, so errors are passed over. */
  async end(): Promise<void> {
    this.#deadline = performance.now() + CLEARING_LIMIT;
    for (const cleanup of this.#cleanups.reverse()) {
      const cleared = (async () => cleanup())();
      await this.settled('clearing away', cleared).catch(() => {});
    }
  }
}
