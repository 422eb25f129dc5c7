import type { Request } from '../request/request.js';

/** How often in a row all that waits may time out before the connection is given up. */
export const MAX_STALLS = 5;

/** How often a link's requests ran out of time since bytes came last; those that waited side by side are one stall. */
export class Stalls {
  #lastAt = -1;
  #count = 0;

  /** Whether a request that ran out of time did not wait beside those of the last stall. */
  isNew({ queuedAt }: Request): boolean {
    return queuedAt > this.#lastAt;
  }

  /** @param heardAt when bytes came last. Returns whether it was one too many. */
  add(now: number, heardAt: number): boolean {
    this.#count = heardAt >= this.#lastAt ? 1 : this.#count + 1;
    this.#lastAt = now;
    return this.#count >= MAX_STALLS;
  }
}
