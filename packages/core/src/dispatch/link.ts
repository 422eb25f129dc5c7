import type { CommandSpec, Endpoint, Failure } from '@shardmux/plugin-api';
import { copyBytes } from '../bytes/copy.js';
import type { Slab } from '../bytes/slab.js';
import type { Request } from '../request/request.js';
import type { Sender } from '../request/sender.js';
import { ServerField } from '../stats/counters.js';
import { InFlight } from './in-flight.js';
import type { LinkClass } from './link-class.js';
import type { LinkObserver } from './link-observer.js';
import { LostRequests } from './lost-requests.js';
import { Outbox } from './outbox.js';
import { Pairing } from './pairing.js';
import type { RequestHolder } from './request-holder.js';
import { returnToSender } from './return-to-sender.js';
import { type ConnectionUser, ServerConnection } from './server-connection.js';
import { type Sleeper, Sleepers } from './sleepers.js';
import { Timeouts } from './timeouts.js';

/**
 * The pipelined way to a server, shared by many sessions.
 *
 *   queue ──► in flight ──(end of the turn)──► written ──► reply ──► settled ──► dropped
 *     │           │                               ├─ the server refuses it, or leaves ──► sent on to another link
 *     │           │                               └─ out of time: answered, but it waits for its late reply
 *     │           └─ the connection is lost ──► kept for the next one, sent on, or given up
 *     └─ no connection is to be had ──► refused
 *
 * Requests queue whatever the connection does; they are written at the end of a turn in which it is open. Until its
 * back-off is over, a link that could not be opened refuses requests at once, or keeps them where its class has an
 * offline queue; one that had been open connects anew with the next request, or by itself.
 */
export class Link implements RequestHolder, ConnectionUser {
  readonly server: string;
  readonly host: string;
  readonly inFlight = new InFlight();
  readonly #class: LinkClass;
  readonly #observer: LinkObserver;
  /** Of the server: asked for with every request. */
  readonly #ordinal: number;
  readonly #counters: Float64Array;
  readonly #connection: ServerConnection;
  readonly #outbox: Outbox;
  readonly #pairing: Pairing;
  readonly #sleepers: Sleepers;
  readonly #timeouts: Timeouts;
  /** It was closed from here, and opens only when it is asked to. */
  #isGivenUp = false;
  /** Its server is used no more. */
  #isLeaving = false;
  #usedAt = 0;

  constructor(linkClass: LinkClass, endpoint: Endpoint, observer: LinkObserver, counters: Float64Array) {
    this.server = observer.name;
    this.host = endpoint.kind === 'tcp' ? endpoint.host : '';
    this.#class = linkClass;
    this.#observer = observer;
    this.#ordinal = observer.ordinal;
    this.#counters = counters;
    this.#connection = new ServerConnection(linkClass, endpoint, observer, this);
    this.#outbox = new Outbox(linkClass.engine, this.inFlight, this.#connection);
    this.#pairing = new Pairing(this, this.#connection, this.inFlight, linkClass, observer, counters);
    this.#timeouts = new Timeouts(this, this.#connection, this.inFlight, linkClass, observer);
    this.#sleepers = new Sleepers(this.inFlight, linkClass.maxBytes / 2);
  }

  /** Another one whenever what was sent may be lost; `null` while nothing can be sent. */
  get connection(): object | null {
    return this.#connection.channel;
  }

  get isConnected(): boolean {
    return this.#connection.isConnected;
  }

  /** How many requests wait for the connection. */
  get waiting(): number {
    return this.#connection.isOpen ? 0 : this.inFlight.count;
  }

  /** Whoever uses it is to hold back until half of what is in flight is answered. */
  get isFull(): boolean {
    return this.inFlight.load >= this.#class.maxBytes;
  }

  isIdleSince(time: number): boolean {
    return this.#connection.isOpen && this.inFlight.count === 0 && this.#usedAt < time;
  }

  /** It owes answers since before then and was not heard of: who sends a request on does not forget when it came. */
  hangsSince(time: number): boolean {
    return this.inFlight.isSilentSince(time) && this.#connection.heardAt < time;
  }

  /** Wakes somebody, once, when there is room again. */
  wait(sleeper: Sleeper): void {
    this.#sleepers.push(sleeper);
  }

  /** Opens the link before a request needs it. */
  open(): void {
    this.#connection.open();
  }

  // ─── requests ─────────────────────────────────────────────────────────────

  /** Queues a request that is `bytes[start, end)`. */
  send(request: Request, bytes: Uint8Array, start: number, end: number): void {
    this.#outbox.reserve(request, end - start);
    copyBytes(bytes, start, end, request.bytes as Buffer, request.start);
    this.queue(request);
  }

  reserve(request: Request, length: number): void {
    this.#outbox.reserve(request, length);
  }

  queue(request: Request): void {
    this.#take(request);
    this.#enqueue(request);
  }

  /** Takes a request, as `queue` does, whose turn comes only by `admit`. */
  defer(request: Request): void {
    this.#take(request);
    this.inFlight.deferredBytes += request.end - request.start;
  }

  /** The turn of a request that was deferred has come. */
  admit(request: Request): void {
    this.inFlight.deferredBytes -= request.end - request.start;
    if (!this.#isLeaving) this.#enqueue(request);
    else if (!this.#class.redispatch?.again(this, request)) this.giveUp(request, 'closed');
    this.#sleepers.wakeIfRoom();
  }

  #take(request: Request): void {
    const { now } = this.#class.engine.turn;
    this.#usedAt = now;
    if (request.queuedAt === 0) request.queuedAt = now;
    request.holders++;
    const length = request.end - request.start;
    (request.sender as Sender).sent(length, request.spec as CommandSpec, this.#ordinal);
    this.#counters[ServerField.requests]++;
    this.#counters[ServerField.requestBytes] += length;
  }

  #enqueue(request: Request): void {
    const { isOpen } = this.#connection;
    const refusal = isOpen ? null : this.#refusal(this.#class.engine.turn.now);
    if (refusal !== null) {
      if (!this.#fallsBack(request)) this.giveUp(request, refusal);
      return;
    }
    this.inFlight.push(request);
    if (isOpen) this.#outbox.schedule();
    else this.#connection.open();
  }

  /** Why it takes no request now, though it is not open; `null` where it does. */
  #refusal(now: number): Failure | null {
    if (this.#observer.isSuspended) return 'refused';
    const { offline, waiting } = this.#class;
    if (offline === null || this.#connection.gaveUp) return this.#connection.refusal(now);
    return this.isFull || waiting() >= offline.maxRequests ? 'overflow' : null;
  }

  /** Whether the primary takes a read that this replica does not. */
  #fallsBack(request: Request): boolean {
    const { isReplica, redispatch } = this.#class;
    return isReplica && (redispatch?.again(this, request) ?? false);
  }

  sendOn(request: Request, to: RequestHolder, prelude: Uint8Array | null): void {
    const { sender, slab, bytes, end, replies, preludeLength } = request;
    const start = request.start + preludeLength;
    const before = prelude === null ? 0 : prelude.length;
    request.preludeLength = before;
    request.replies = replies - (preludeLength > 0 ? 1 : 0) + (before > 0 ? 1 : 0);
    const length = end - request.start;
    to.reserve(request, before + end - start);
    if (prelude !== null) copyBytes(prelude, 0, before, request.bytes as Buffer, request.start);
    copyBytes(bytes as Buffer, start, end, request.bytes as Buffer, request.start + before);
    to.queue(request);
    sender?.returned(length, request.spec as CommandSpec, this.#ordinal);
    this.#outbox.release(slab as Slab);
    this.#class.engine.requests.release(request);
  }

  giveUp(request: Request, failure: Failure): void {
    if (!request.answered) request.owner?.fail(request, failure);
    this.drop(request);
  }

  drop(request: Request): void {
    returnToSender(request, this.#ordinal);
    this.#outbox.release(request.slab as Slab);
    request.slab = null;
    request.bytes = null;
    this.#class.engine.requests.release(request);
  }

  // ─── the connection ───────────────────────────────────────────────────────

  opened(): void {
    if (this.inFlight.unsent !== null) this.#outbox.schedule();
  }

  drained(): void {
    this.#outbox.drained();
  }

  get expected(): number {
    return this.#pairing.expected;
  }

  parse(bytes: Uint8Array, start: number, end: number): number {
    const next = this.#pairing.parse(bytes, start, end);
    this.#sleepers.wakeIfRoom();
    return next;
  }

  lost(failure: Failure, wasOpen: boolean): void {
    this.#isGivenUp = false;
    const mayRetry = (wasOpen || this.#class.offline !== null) && !this.#connection.gaveUp;
    this.#abandonAll(failure, mayRetry);
  }

  closed(): void {
    this.#outbox.drained();
    const reopens = this.#class.reopens && !this.#isGivenUp && !this.#isLeaving;
    if (this.inFlight.head !== null || reopens) this.#connection.open();
  }

  #abandonAll(failure: Failure, mayRetry: boolean): void {
    this.#pairing.reset();
    const { retryReads, offline, redispatch, isReplica } = this.#class;
    const goesOn = this.#isLeaving || isReplica;
    const maxAttempts = goesOn ? Number.POSITIVE_INFINITY : (offline?.maxAttempts ?? 1);
    const lost = new LostRequests(this.inFlight, retryReads || goesOn, maxAttempts);
    for (let request = lost.take(); request !== null; request = lost.take()) {
      const isTaken = lost.mayRetry(request) && (goesOn ? redispatch?.again(this, request) : mayRetry);
      if (!isTaken) {
        this.giveUp(request, failure);
      } else if (!goesOn) {
        request.attempts++;
        this.inFlight.push(request);
      }
    }
    this.#sleepers.wakeAll();
  }

  // ─── ending ───────────────────────────────────────────────────────────────

  /** Answers what ran out of time. */
  expire(now: number): void {
    this.#timeouts.expire(now);
    this.#sleepers.wakeIfRoom();
  }

  /** Forgets earlier failures: the next request connects at once. */
  forgive(): void {
    this.#connection.forgive();
  }

  /** Sends nothing more until `release`: what was not written waits for that, or for another server. */
  hold(): void {
    this.#connection.hold();
  }

  release(): void {
    this.#connection.release();
    if (this.inFlight.head !== null) this.#connection.open();
  }

  /**
   * Its server is used no more: what was not written is sent where its keys are by now.
   * @param hangs it is not expected to answer what was written.
   */
  leave(hangs: boolean): void {
    this.#isLeaving = true;
    if (!this.#connection.isOpen || hangs) this.close();
  }

  /** Closes the link at once; what waits on it fails, and the observer is not told. */
  close(): void {
    this.#isGivenUp = true;
    this.#connection.close();
    this.#abandonAll('closed', false);
  }
}
