import type { Request } from '../request/request.js';
import type { InFlight } from './in-flight.js';
import type { LinkClass } from './link-class.js';
import type { LinkObserver } from './link-observer.js';
import type { RequestHolder } from './request-holder.js';
import { returnToSender } from './return-to-sender.js';
import type { ServerConnection } from './server-connection.js';
import { MAX_STALLS, Stalls } from './stalls.js';

/**
 * The requests of one link that run out of time.
 *
 *   in flight ──► answered with a timeout ──► written: keeps its place, to swallow its late reply
 *                                      └────► never written: dropped
 */
export class Timeouts {
  readonly #link: RequestHolder;
  readonly #connection: ServerConnection;
  readonly #inFlight: InFlight;
  readonly #class: LinkClass;
  readonly #observer: LinkObserver;
  readonly #stalls = new Stalls();

  constructor(
    link: RequestHolder,
    connection: ServerConnection,
    inFlight: InFlight,
    linkClass: LinkClass,
    observer: LinkObserver,
  ) {
    this.#link = link;
    this.#connection = connection;
    this.#inFlight = inFlight;
    this.#class = linkClass;
    this.#observer = observer;
  }

  expire(now: number): void {
    let newStall = false;
    let request = this.#inFlight.unexpired;
    while (request !== null && request.queuedAt <= now - this.#class.timeout) {
      if (!request.answered) {
        if (this.#stalls.isNew(request)) newStall = true;
        request.answered = true;
        request.owner?.fail(request, 'timeout');
        returnToSender(request, this.#observer.ordinal);
      }
      request = request.nextInLink;
    }
    this.#inFlight.unexpired = request;
    if (!this.#connection.isOpen) this.#dropUntil(request);
    if (newStall) this.#stalled(now);
    else if (request === null && this.#inFlight.bytes >= this.#class.maxBytes)
      this.#connection.fail('timeout', new Error('it is full of requests that timed out'));
  }

  /** A silent server costs requests their time; a connection that stays silent is given up, for it may be lost. */
  #stalled(now: number): void {
    const isLost = this.#stalls.add(now, this.#connection.heardAt);
    this.#observer.timedOut();
    if (isLost) this.#connection.fail('timeout', new Error(`it was silent for ${MAX_STALLS} timeouts`));
  }

  /** What was never written need not wait for a reply. */
  #dropUntil(first: Request | null): void {
    while (this.#inFlight.head !== first) this.#link.drop(this.#inFlight.shift());
  }
}
