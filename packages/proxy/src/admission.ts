import type { Claim, PlaceLimits, Scope } from './claim.js';
import { Places } from './places.js';

/**
 * Decides how many clients there may be, for one process or for several together. A client asks when it comes in; who
 * asks again later, for a place of another scope, asks with the claims of that one alone.
 */
export interface Admission {
  /**
   * Asks for all of these places or none.
   * @param decided called at once or later, with `null` where they are given, else with the scope that is full.
   */
  request(claims: readonly Claim[], decided: (full: Scope | null) => void): void;
  /** Gives back what was given together. */
  release(claims: readonly Claim[]): void;
}

/** Counts the clients of this process alone. */
export class LocalAdmission implements Admission {
  readonly #places: Places;

  constructor(limits: PlaceLimits) {
    this.#places = new Places(limits);
  }

  request(claims: readonly Claim[], decided: (full: Scope | null) => void): void {
    decided(this.#places.take(claims));
  }

  release(claims: readonly Claim[]): void {
    this.#places.give(claims);
  }
}
