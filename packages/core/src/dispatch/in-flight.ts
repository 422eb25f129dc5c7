import type { Request } from '../request/request.js';

/**
 * The queue of one link, first in, first out, linked through the requests.
 *
 *   head ──► … sent, not answered … ──► unsent ──► … ──► tail
 *                                         │
 *   a reply takes the head                └─ the next flush begins here (null: all is sent)
 *
 * Since requests are queued in the order of their clock, those that run out of time stand in front as well: all
 * before `unexpired` have been answered with a timeout, and no sweep looks at them again.
 */
export class InFlight {
  head: Request | null = null;
  unsent: Request | null = null;
  unexpired: Request | null = null;
  count = 0;
  bytes = 0;
  unsentCount = 0;
  unsentBytes = 0;
  /** Of requests that are to be queued later. */
  deferredBytes = 0;
  #tail: Request | null = null;

  /** Bytes in the queue and of what is to come into it. */
  get load(): number {
    return this.bytes + this.deferredBytes;
  }

  push(request: Request): void {
    const length = request.end - request.start;
    if (this.#tail === null) this.head = request;
    else this.#tail.nextInLink = request;
    this.#tail = request;
    if (this.unsent === null) this.unsent = request;
    if (this.unexpired === null) this.unexpired = request;
    this.count++;
    this.bytes += length;
    this.unsentCount++;
    this.unsentBytes += length;
  }

  /** Takes the head off; there must be one. */
  shift(): Request {
    const request = this.head as Request;
    const next = request.nextInLink;
    const length = request.end - request.start;
    if (request === this.unsent) {
      this.unsent = next;
      this.unsentCount--;
      this.unsentBytes -= length;
    }
    if (request === this.unexpired) this.unexpired = next;
    this.head = next;
    if (next === null) this.#tail = null;
    request.nextInLink = null;
    this.count--;
    this.bytes -= length;
    return request;
  }

  allSent(): void {
    this.unsent = null;
    this.unsentCount = 0;
    this.unsentBytes = 0;
  }

  /** Whether the server owes a reply. */
  get awaitsReply(): boolean {
    return this.head !== null && this.head !== this.unsent;
  }

  /** What was written before then is not answered. */
  isSilentSince(time: number): boolean {
    return this.awaitsReply && (this.head as Request).queuedAt < time;
  }

  /** Empties the queue and returns its requests, still linked to each other. */
  takeAll(): Request | null {
    const head = this.head;
    this.head = null;
    this.#tail = null;
    this.unexpired = null;
    this.count = 0;
    this.bytes = 0;
    this.allSent();
    return head;
  }
}
