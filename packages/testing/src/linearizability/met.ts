import type { Value } from './operation.js';

/** How far an order has come. */
export interface Standing<State extends Value> {
  readonly state: State;
  /** The bits of the open operations that have taken effect. */
  readonly done: bigint;
  /** The bits of those without an answer that have taken effect. */
  readonly spent: bigint;
}

/** What a search has met at one moment. */
export class Met<State extends Value> {
  readonly #spent = new Map<State, Map<bigint, readonly bigint[]>>();

  /**
   * Whether nothing was met that could go on in every way that this can. What has spent less can: of operations without
   * an answer none is owed.
   */
  isNew({ state, done, spent }: Standing<State>): boolean {
    let byDone = this.#spent.get(state);
    if (byDone === undefined) {
      byDone = new Map();
      this.#spent.set(state, byDone);
    }
    const known = byDone.get(done) ?? [];
    if (known.some((less) => (less & spent) === less)) return false;
    byDone.set(done, [...known.filter((more) => (more & spent) !== spent), spent]);
    return true;
  }
}
