import type { Request } from '../request/request.js';
import type { Sender } from '../request/sender.js';
import type { InFlight } from './in-flight.js';

/**
 * The requests that stood on a link when it closed, and which of them may be sent on the next connection: what was
 * never written; and, where reads are retried, a read after which its session wrote nothing on this link, so that it
 * cannot see a value from its own future. Each as often as a request may outlive its connection.
 */
export class LostRequests {
  readonly #firstUnsent: Request | null;
  readonly #retryReads: boolean;
  readonly #maxAttempts: number;
  #next: Request | null;
  #position = 0;
  #written = true;

  /** Empties the queue. */
  constructor(inFlight: InFlight, retryReads: boolean, maxAttempts: number) {
    this.#firstUnsent = inFlight.unsent;
    this.#retryReads = retryReads;
    this.#maxAttempts = maxAttempts;
    const head = inFlight.takeAll();
    this.#next = head;
    for (let r = head; r !== null; r = r.nextInLink) if (r.sender !== null) r.sender.lastLostWrite = 0;
    let position = 0;
    for (let r = head; r !== null; r = r.nextInLink) {
      position++;
      if (r.sender !== null && !r.spec?.readonly) r.sender.lastLostWrite = position;
    }
  }

  /** The next one, in their order. */
  take(): Request | null {
    const request = this.#next;
    if (request === null) return null;
    this.#next = request.nextInLink;
    request.nextInLink = null;
    this.#position++;
    if (request === this.#firstUnsent) this.#written = false;
    return request;
  }

  /** @param request the one that was taken last. */
  mayRetry(request: Request): boolean {
    if (request.answered || request.attempts >= this.#maxAttempts) return false;
    if (!this.#written) return true;
    return this.#retryReads && this.#position > (request.sender as Sender).lastLostWrite;
  }
}
