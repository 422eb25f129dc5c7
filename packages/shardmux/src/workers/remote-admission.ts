import { type Admission, type Claim, limitedClaims, type PlaceLimits, type Scope } from '@shardmux/proxy';
import type { Send } from './messages.js';

/** Asks the primary process, which counts the clients of all workers. */
export class RemoteAdmission implements Admission {
  readonly #pool: string;
  readonly #limits: PlaceLimits;
  readonly #send: Send;
  readonly #undecided = new Map<number, (full: Scope | null) => void>();
  #requests = 0;

  /** @param limits 0 for none: then nobody is asked. */
  constructor(pool: string, limits: PlaceLimits, send: Send) {
    this.#pool = pool;
    this.#limits = limits;
    this.#send = send;
  }

  request(claims: readonly Claim[], decided: (full: Scope | null) => void): void {
    const limited = limitedClaims(claims, this.#limits);
    if (limited.length === 0) {
      decided(null);
      return;
    }
    const request = this.#requests++;
    this.#undecided.set(request, decided);
    void this.#send({ type: 'admit', pool: this.#pool, request, claims: limited });
  }

  /** The primary has answered. */
  decided(request: number, full: Scope | null): void {
    const decided = this.#undecided.get(request);
    this.#undecided.delete(request);
    decided?.(full);
  }

  release(claims: readonly Claim[]): void {
    const limited = limitedClaims(claims, this.#limits);
    if (limited.length > 0) void this.#send({ type: 'release', pool: this.#pool, claims: limited });
  }
}
