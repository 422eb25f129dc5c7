import type { Claim, PlaceLimits, Scope } from './claim.js';

const SCOPES: readonly Scope[] = ['pool', 'address', 'user'];

/** Counts the places that are held. */
export class Places {
  readonly #limits: PlaceLimits;
  readonly #held: Readonly<Record<Scope, Map<string, number>>> = {
    pool: new Map(),
    address: new Map(),
    user: new Map(),
  };

  constructor(limits: PlaceLimits) {
    this.#limits = limits;
  }

  /** Takes all of the places, or none: then it returns the scope that is full. */
  take(claims: readonly Claim[]): Scope | null {
    const limited = limitedClaims(claims, this.#limits);
    const full = limited.find((claim) => this.#count(claim) >= this.#limits[claim.scope]);
    if (full !== undefined) return full.scope;
    for (const claim of limited) this.#set(claim, this.#count(claim) + 1);
    return null;
  }

  give(claims: readonly Claim[]): void {
    for (const claim of limitedClaims(claims, this.#limits)) this.#set(claim, this.#count(claim) - 1);
  }

  /** Gives back all that is held in another count. */
  giveAll(other: Places): void {
    for (const scope of SCOPES) {
      for (const [name, count] of other.#held[scope]) {
        const claim = { scope, name };
        this.#set(claim, this.#count(claim) - count);
      }
    }
  }

  #count({ scope, name }: Claim): number {
    return this.#held[scope].get(name) ?? 0;
  }

  /** Of whom no place is held, nothing is kept: there are many addresses. */
  #set({ scope, name }: Claim, count: number): void {
    if (count > 0) this.#held[scope].set(name, count);
    else this.#held[scope].delete(name);
  }
}

/** Those of the claims that a limit concerns: no other need be asked for. */
export function limitedClaims(claims: readonly Claim[], limits: PlaceLimits): Claim[] {
  return claims.filter(({ scope }) => limits[scope] > 0);
}
