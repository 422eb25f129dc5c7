import type { Call } from './call.js';

/**
 * A client's calls that are not done, in the order in which they were made.
 *
 *   oldest ──► … sent … ──► firstWaiting ──► … not sent yet … ──► newest
 *
 * Linked through the calls themselves, so that any one can leave at once, and all that ran out of time stand in
 * front, sent or not.
 */
export class Outstanding {
  oldest: Call | null = null;
  firstWaiting: Call | null = null;
  size = 0;
  waiting = 0;
  #newest: Call | null = null;

  push(call: Call): void {
    call.previous = this.#newest;
    if (this.#newest === null) this.oldest = call;
    else this.#newest.next = call;
    this.#newest = call;
    this.size++;
  }

  /** It is the newest, and cannot be sent yet. */
  wait(call: Call): void {
    call.isWaiting = true;
    this.firstWaiting ??= call;
    this.waiting++;
  }

  /** The next one to be sent, which waits no longer; there must be one. */
  shiftWaiting(): Call {
    const call = this.firstWaiting as Call;
    this.firstWaiting = call.next;
    this.#endWait(call);
    return call;
  }

  remove(call: Call): void {
    const { previous, next } = call;
    if (previous === null) this.oldest = next;
    else previous.next = next;
    if (next === null) this.#newest = previous;
    else next.previous = previous;
    if (call.isWaiting) {
      if (this.firstWaiting === call) this.firstWaiting = next;
      this.#endWait(call);
    }
    call.previous = null;
    call.next = null;
    this.size--;
  }

  #endWait(call: Call): void {
    call.isWaiting = false;
    this.waiting--;
  }
}
