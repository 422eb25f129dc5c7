import type { Request } from '../request/request.js';
import type { Sender } from '../request/sender.js';

/**
 * Which of the requests that stood on a link when it closed may be sent on the next connection: what was never
 * written; and, where reads are retried, a read after which its session wrote nothing on this link, so that it
 * cannot see a value from its own future. Each as often as a request may outlive its connection.
 */
export class LostRequests {
  readonly #firstUnsent: Request | null;
  readonly #retryReads: boolean;
  readonly #maxAttempts: number;
  #position = 0;
  #written = true;

  /** @param head the requests, linked by `nextInLink`; `firstUnsent` one of them, or `null` where all were written. */
  constructor(head: Request | null, firstUnsent: Request | null, retryReads: boolean, maxAttempts: number) {
    this.#firstUnsent = firstUnsent;
    this.#retryReads = retryReads;
    this.#maxAttempts = maxAttempts;
    for (let r = head; r !== null; r = r.nextInLink) if (r.sender !== null) r.sender.lastLostWrite = 0;
    let position = 0;
    for (let r = head; r !== null; r = r.nextInLink) {
      position++;
      if (r.sender !== null && !r.spec?.readonly) r.sender.lastLostWrite = position;
    }
  }

  /** To be asked for each request once, in their order. */
  mayRetry(request: Request): boolean {
    this.#position++;
    if (request === this.#firstUnsent) this.#written = false;
    if (request.answered || request.attempts >= this.#maxAttempts) return false;
    if (!this.#written) return true;
    return this.#retryReads && this.#position > (request.sender as Sender).lastLostWrite;
  }
}
