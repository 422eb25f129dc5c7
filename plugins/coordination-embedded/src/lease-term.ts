/** How often a lease is renewed in its ttl: some may fail. */
const RENEWALS = 3;
/** After how long a renewal that failed is tried again, in ms. */
const RETRY = 500;

export interface LeaseTermOptions {
  /** In ms. */
  readonly ttl: number;
  /** When the store was asked for the lease, by `performance.now()`. */
  readonly since: number;
  /** Whether the store still has it; rejects where that is not known, after `timeout` ms at the latest. */
  readonly renew: (timeout: number) => Promise<boolean>;
  readonly onLost: () => void;
}

/**
 * How long a lease is held, by its holder's own clock: `ttl` from the moment that the last successful renewal was sent.
 * The store, which counts from a later moment, never lets go of it before.
 *
 *   live ──renewed──► live
 *     ├── the ttl is over, or the store does not have it any more ──► lost
 *     └── end ──► ended
 */
export class LeaseTerm {
  readonly #options: LeaseTermOptions;
  #until: number;
  #isOver = false;
  #renewal: NodeJS.Timeout | undefined;
  #deadline: NodeJS.Timeout | undefined;

  constructor(options: LeaseTermOptions) {
    this.#options = options;
    this.#until = options.since + options.ttl;
    this.#schedule();
  }

  /** False the moment that the time is over, even if no timer could run. */
  get isLive(): boolean {
    return !this.#isOver && performance.now() < this.#until;
  }

  /** The store says that it does not have it any more. */
  lose(): void {
    if (this.#isOver) return;
    this.end();
    this.#options.onLost();
  }

  end(): void {
    this.#isOver = true;
    clearTimeout(this.#renewal);
    clearTimeout(this.#deadline);
  }

  #schedule(wait = this.#options.ttl / RENEWALS): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.lose(), this.#until - performance.now());
    this.#renewal = setTimeout(() => this.#renew(), wait);
  }

  async #renew(): Promise<void> {
    const { ttl, renew } = this.#options;
    const sent = performance.now();
    let wait: number | undefined;
    try {
      if (await renew(ttl / RENEWALS)) this.#until = sent + ttl;
      else this.lose();
    } catch {
      wait = Math.min(RETRY, ttl / RENEWALS);
    }
    if (!this.#isOver) this.#schedule(wait);
  }
}
