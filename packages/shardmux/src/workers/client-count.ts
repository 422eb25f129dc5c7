import { type Claim, type PlaceLimits, Places, type Scope } from '@shardmux/proxy';

const UNLIMITED: PlaceLimits = {
  pool: Number.POSITIVE_INFINITY,
  address: Number.POSITIVE_INFINITY,
  user: Number.POSITIVE_INFINITY,
};

/** The clients of one pool over all workers: its limits hold in total, whoever accepted them. */
export class ClientCount {
  readonly #places: Places;
  readonly #perWorker = new Map<number, Places>();

  constructor(limits: PlaceLimits) {
    this.#places = new Places(limits);
  }

  /** Takes places for a client of a worker, or none: then it returns the scope that is full. */
  admit(worker: number, claims: readonly Claim[]): Scope | null {
    const full = this.#places.take(claims);
    if (full !== null) return full;
    const own = this.#perWorker.get(worker) ?? new Places(UNLIMITED);
    this.#perWorker.set(worker, own);
    return own.take(claims);
  }

  release(worker: number, claims: readonly Claim[]): void {
    this.#places.give(claims);
    this.#perWorker.get(worker)?.give(claims);
  }

  /** The worker is gone, and all its clients with it. */
  forget(worker: number): void {
    const own = this.#perWorker.get(worker);
    if (own !== undefined) this.#places.giveAll(own);
    this.#perWorker.delete(worker);
  }
}
