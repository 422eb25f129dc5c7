import { type Engine, holdReply, type Request, releaseReply } from '@shardmux/core';

/**
 * The requests of one connection in the order in which they came, which is the order their replies must have.
 *
 *   first ──► … ──► last          a reply for `first` goes straight out;
 *     │                           one for any other is held until all before it are out
 *     └─ the next to be answered
 */
export class ReplyOrder {
  first: Request | null = null;
  depth = 0;
  /** Bytes of replies that came before their turn. */
  heldBytes = 0;
  readonly #engine: Engine;
  #last: Request | null = null;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  push(request: Request): void {
    if (this.#last === null) this.first = request;
    else this.#last.nextInOrder = request;
    this.#last = request;
    this.depth++;
  }

  /** Keeps a copy of a reply whose turn has not come. */
  hold(request: Request, bytes: Uint8Array, start: number, end: number): void {
    holdReply(this.#engine.held, request, bytes, start, end);
    request.settled = true;
    this.heldBytes += end - start;
  }

  /** Takes the first request out; its reply has been passed on, or nobody wants it any more. */
  shift(): void {
    const request = this.first as Request;
    this.first = request.nextInOrder;
    if (this.first === null) this.#last = null;
    this.depth--;
    if (request.settled) {
      this.heldBytes -= request.replyEnd - request.replyStart;
      releaseReply(this.#engine.held, request);
    }
    this.#engine.requests.release(request);
  }

  /** The client is gone: what is under way will be swallowed. */
  abandon(): void {
    while (this.first !== null) {
      this.first.answered = true;
      this.shift();
    }
  }
}
