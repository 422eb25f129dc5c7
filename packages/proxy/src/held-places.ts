import type { Admission } from './admission.js';
import type { Claim, Scope } from './claim.js';
import { claimsOf } from './client-claims.js';

const NONE: readonly Claim[] = [];

/**
 * The places that one client holds.
 *
 *   nothing ── enter ──► its address' ── become ──► and its user's ⇄ another user's
 *                 │                         │             │ nobody: that one is given back
 *                 └───────── full ──────────┘  as before  └── leave ──► nothing, and nothing more
 */
export class HeldPlaces {
  readonly #admission: Admission;
  #entry = NONE;
  #user = NONE;
  #isOver = false;

  constructor(admission: Admission) {
    this.#admission = admission;
  }

  /**
   * Asks for what it comes in by.
   * @param remote as of its channel.
   * @param decided called at once or later, with the scope that is full; not once it left.
   */
  enter(remote: string, decided: (full: Scope | null) => void): void {
    const claims = claimsOf(remote);
    this.#ask(claims, (full) => {
      if (full === null) this.#entry = claims;
      decided(full);
    });
  }

  /**
   * Asks for a place of this user, instead of that of the one before. To be called again only when it is decided.
   * @param user `null`: nobody.
   * @param decided as for `enter`.
   */
  become(user: string | null, decided: (full: Scope | null) => void): void {
    const claims: readonly Claim[] = user === null ? NONE : [{ scope: 'user', name: user }];
    this.#ask(claims, (full) => {
      if (full === null) {
        this.#admission.release(this.#user);
        this.#user = claims;
      }
      decided(full);
    });
  }

  leave(): void {
    this.#isOver = true;
    this.#admission.release(this.#entry);
    this.#admission.release(this.#user);
  }

  /** What is given too late is given back. */
  #ask(claims: readonly Claim[], decided: (full: Scope | null) => void): void {
    this.#admission.request(claims, (full) => {
      if (!this.#isOver) decided(full);
      else if (full === null) this.#admission.release(claims);
    });
  }
}
