/** What is limited: the clients of a pool in all, those from one address, and those that are one user. */
export type Scope = 'pool' | 'address' | 'user';

/** How many clients may hold a place at once; 0 for no limit. */
export type PlaceLimits = Readonly<Record<Scope, number>>;

/** A place that a client asks for: one among those of the pool, or of the address or user of that name. */
export interface Claim {
  readonly scope: Scope;
  readonly name: string;
}
