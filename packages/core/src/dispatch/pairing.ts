import { FRAME_INCOMPLETE, ReplyClass } from '@shardmux/plugin-api';
import type { FrameParser } from '../bytes/inbox.js';
import type { Request } from '../request/request.js';
import { ServerField } from '../stats/counters.js';
import type { InFlight } from './in-flight.js';
import type { LinkClass } from './link-class.js';
import type { LinkObserver } from './link-observer.js';
import { PartialRun } from './partial-run.js';
import type { Redispatcher } from './redispatcher.js';
import type { RequestHolder } from './request-holder.js';
import type { ServerConnection } from './server-connection.js';

/**
 * Pairs the replies that come over one link with the requests that went out, in their order.
 *
 *   frame ──► a push ──────────────────────► observer
 *     ├─────► one reply of a run ──► run ──(the last one)──┐
 *     └─────► the reply ───────────────────────────────────┴──► another server, if this one refused, or the owner
 */
export class Pairing implements FrameParser {
  readonly #link: RequestHolder;
  readonly #connection: ServerConnection;
  readonly #inFlight: InFlight;
  readonly #redispatch: Redispatcher | null;
  readonly #observer: LinkObserver;
  readonly #counters: Float64Array;
  readonly #run = new PartialRun();

  constructor(
    link: RequestHolder,
    connection: ServerConnection,
    inFlight: InFlight,
    { redispatch }: LinkClass,
    observer: LinkObserver,
    counters: Float64Array,
  ) {
    this.#link = link;
    this.#connection = connection;
    this.#inFlight = inFlight;
    this.#redispatch = redispatch;
    this.#observer = observer;
    this.#counters = counters;
  }

  /** Another connection begins: the rest of a run does not come. */
  reset(): void {
    this.#run.clear();
  }

  get expected(): number {
    return this.#run.length + this.#connection.framer.expected;
  }

  /** Returns where the first incomplete reply or run begins. */
  parse(bytes: Uint8Array, start: number, end: number): number {
    const connection = this.#connection;
    const { framer } = connection;
    let at = start;
    while (at < end && connection.isOpen) {
      const next = framer.frame(bytes, at + this.#run.length, end);
      if (next === FRAME_INCOMPLETE) return at;
      if (next < 0) connection.fail('garbage', new Error('the reply is malformed'));
      else if (framer.isPush) {
        at = this.#takePush(bytes, at, next);
        continue;
      } else if (!this.#inFlight.awaitsReply) this.#takeUnasked(bytes, at, next);
      else if (!this.#isWhole(at, next, framer.replyClass)) continue;
      else this.#takeReply(bytes, at, next, framer.replyClass);
      at = next;
    }
    return connection.isOpen ? at : end;
  }

  /** Returns where the run begins that it came in the middle of: its replies are to lie side by side. */
  #takePush(bytes: Uint8Array, start: number, next: number): number {
    const { length } = this.#run;
    this.#observer.unasked(bytes, start + length, next);
    if (length > 0) bytes.copyWithin(next - length, start, start + length);
    return next - length;
  }

  #takeUnasked(bytes: Uint8Array, start: number, end: number): void {
    if (!this.#observer.unasked(bytes, start, end))
      this.#connection.fail('garbage', new Error('a reply came that no request is waiting for'));
  }

  /** Whether the reply that ends at `next` is all that the request in front waits for. */
  #isWhole(start: number, next: number, replyClass: ReplyClass): boolean {
    const request = this.#inFlight.head as Request;
    return request.replies === 1 || this.#run.take(request, next - start, replyClass);
  }

  #takeReply(bytes: Uint8Array, start: number, end: number, replyClass: ReplyClass): void {
    const request = this.#inFlight.shift();
    if (replyClass !== ReplyClass.notReady) this.#observer.answered();
    if (request.replies > 1) this.#takeRun(request, bytes, start, end, replyClass);
    else if (replyClass <= ReplyClass.error || !this.#isSentOn(request, bytes, start, end, replyClass))
      this.#settle(request, bytes, start, end, replyClass);
  }

  /** @param last the class of its last reply. */
  #takeRun(request: Request, bytes: Uint8Array, start: number, end: number, last: ReplyClass): void {
    const { first, refusal, refusalStart, refusalEnd } = this.#run;
    this.#run.clear();
    if (
      refusal === ReplyClass.ok ||
      !this.#isSentOn(request, bytes, start + refusalStart, start + refusalEnd, refusal)
    )
      this.#settle(request, bytes, start + first, end, last);
  }

  /** Whether another server takes what this one has refused by the reply `bytes[start, end)`. */
  #isSentOn(
    request: Request,
    bytes: Uint8Array,
    start: number,
    end: number,
    replyClass: ReplyClass,
  ): boolean {
    if (request.answered) return false;
    return this.#redispatch?.redirect(this.#link, request, bytes, start, end, replyClass) ?? false;
  }

  #settle(request: Request, bytes: Uint8Array, start: number, end: number, replyClass: ReplyClass): void {
    if (!request.answered) {
      this.#counters[ServerField.responses]++;
      this.#counters[ServerField.responseBytes] += end - start;
      request.owner?.settle(request, bytes, start, end, replyClass);
    }
    this.#link.drop(request);
  }
}
