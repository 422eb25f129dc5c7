import {
  type Channel,
  type ChannelHandler,
  type CommandSpec,
  type Endpoint,
  type Failure,
  FRAME_INCOMPLETE,
  ReplyClass,
  type ReplyFramer,
} from '@shardmux/plugin-api';
import { copyBytes } from '../bytes/copy.js';
import { type FrameParser, Inbox } from '../bytes/inbox.js';
import { SLAB_SIZE, type Slab } from '../bytes/slab.js';
import { SlabWriter } from '../bytes/slab-writer.js';
import type { Request } from '../request/request.js';
import type { Sender } from '../request/sender.js';
import { ServerField } from '../stats/counters.js';
import type { Flushable } from '../turn.js';
import { failureToConnect } from './failure-to-connect.js';
import { Handshaking } from './handshaking.js';
import { InFlight } from './in-flight.js';
import type { LinkClass, LinkObserver } from './link-class.js';
import { LostRequests } from './lost-requests.js';
import { PartialRun } from './partial-run.js';
import { Reconnect } from './reconnect.js';

/** How often in a row all that waits may time out before the connection is given up. */
const MAX_STALLS = 5;

/** Waits for a link that is full. */
export interface Sleeper {
  /** There is room again, or the link was lost. Must not send at once, but later in the turn. */
  wake(): void;
}

const State = { closed: 0, closing: 1, connecting: 2, handshaking: 3, open: 4 } as const;
type State = (typeof State)[keyof typeof State];

/**
 * One pipelined connection to a server, shared by many sessions.
 *
 *            send                opened              handshake answered
 *   closed ───────► connecting ─────────► handshaking ────────────────► open
 *     ▲                  │                     │                          │
 *     └──── closed ── closing ◄────────────────┴── refused, closed, garbage
 *
 * Requests queue in every state; they are written at the end of a turn in which the link is open. Until its
 * back-off is over, a link that could not be opened refuses requests at once, or keeps them where its class has an
 * offline queue; one that had been open connects anew with the next request, or by itself.
 */
export class Link implements ChannelHandler, FrameParser, Flushable {
  readonly #class: LinkClass;
  readonly #endpoint: Endpoint;
  readonly #observer: LinkObserver;
  /** Of the server: asked for with every request. */
  readonly #ordinal: number;
  readonly #counters: Float64Array;
  readonly #inbox: Inbox;
  readonly #output: SlabWriter;
  readonly #reconnect: Reconnect;
  readonly #sleepers: Sleeper[] = [];
  readonly inFlight = new InFlight();
  #state: State = State.closed;
  #channel: Channel | null = null;
  #framer: ReplyFramer;
  #scheduled = false;
  #handshaking: Handshaking | null = null;
  #begunAt = 0;
  #openSince = 0;
  /** It was closed from here, and opens only when it is asked to. */
  #isGivenUp = false;
  /** Its server is used no more. */
  #isLeaving = false;
  /** Waits until it may connect again. */
  #retryTimer: NodeJS.Timeout | null = null;
  readonly #run = new PartialRun();
  #usedAt = 0;
  #stalledAt = -1;
  /** Stalls since bytes came last. */
  #stalls = 0;

  constructor(linkClass: LinkClass, endpoint: Endpoint, observer: LinkObserver, counters: Float64Array) {
    this.#class = linkClass;
    this.#endpoint = endpoint;
    this.#observer = observer;
    this.#ordinal = observer.ordinal;
    this.#counters = counters;
    this.#inbox = new Inbox(linkClass.engine.arena);
    this.#output = new SlabWriter(linkClass.engine.arena);
    this.#reconnect = new Reconnect(linkClass.backoff);
    this.#framer = linkClass.codec.createFramer();
  }

  /** Another one whenever what was sent may be lost; `null` while nothing can be sent. */
  get connection(): object | null {
    return this.#state === State.open ? this.#channel : null;
  }

  get isConnected(): boolean {
    return this.#state === State.open || this.#state === State.handshaking;
  }

  /** Of the server. */
  get server(): string {
    return this.#observer.name;
  }

  /** Of the server; empty where it has none. */
  get host(): string {
    return this.#endpoint.kind === 'tcp' ? this.#endpoint.host : '';
  }

  /** How many requests wait for the connection. */
  get waiting(): number {
    return this.#state === State.open ? 0 : this.inFlight.count;
  }

  /** Whoever uses it is to hold back until half of what is in flight is answered. */
  get isFull(): boolean {
    return this.inFlight.bytes >= this.#class.maxBytes;
  }

  isIdleSince(time: number): boolean {
    return this.#state === State.open && this.inFlight.count === 0 && this.#usedAt < time;
  }

  /** What was written before then is not answered. */
  isSilentSince(time: number): boolean {
    const { head, awaitsReply } = this.inFlight;
    return awaitsReply && (head as Request).queuedAt < time;
  }

  /** Wakes somebody, once, when there is room again. */
  wait(sleeper: Sleeper): void {
    this.#sleepers.push(sleeper);
  }

  /** Queues a request that is `bytes[start, end)`. */
  send(request: Request, bytes: Uint8Array, start: number, end: number): void {
    this.reserve(request, end - start);
    copyBytes(bytes, start, end, request.bytes as Buffer, request.start);
    this.queue(request);
  }

  /** Makes room for a request's bytes; the caller fills `request.bytes[start, end)`, then queues it. */
  reserve(request: Request, length: number): void {
    const slab = this.#output.reserve(length);
    request.slab = slab;
    request.bytes = slab.bytes;
    request.end = slab.fill;
    request.start = slab.fill - length;
  }

  queue(request: Request): void {
    const { now } = this.#class.engine.turn;
    this.#usedAt = now;
    if (request.queuedAt === 0) request.queuedAt = now;
    request.holders++;
    const length = request.end - request.start;
    (request.sender as Sender).sent(length, request.spec as CommandSpec, this.#ordinal);
    this.#counters[ServerField.requests]++;
    this.#counters[ServerField.requestBytes] += length;
    const refusal = this.#state === State.open ? null : this.#refusal(now);
    if (refusal !== null) {
      if (!this.#fallsBack(request)) this.giveUp(request, refusal);
      return;
    }
    this.inFlight.push(request);
    if (this.#state === State.open) this.#scheduleFlush();
    else if (this.#state === State.closed) this.#connectSoon();
  }

  /**
   * Another link takes what was sent here, and has no reply yet.
   * @param prelude goes before it, and has a reply of its own.
   */
  sendOn(request: Request, link: Link, prelude: Uint8Array | null): void {
    const { sender, slab, bytes, end, replies, preludeLength } = request;
    const start = request.start + preludeLength;
    const before = prelude === null ? 0 : prelude.length;
    request.preludeLength = before;
    request.replies = replies - (preludeLength > 0 ? 1 : 0) + (before > 0 ? 1 : 0);
    const length = end - request.start;
    link.reserve(request, before + end - start);
    if (prelude !== null) copyBytes(prelude, 0, before, request.bytes as Buffer, request.start);
    copyBytes(bytes as Buffer, start, end, request.bytes as Buffer, request.start + before);
    link.queue(request);
    sender?.returned(length, request.spec as CommandSpec, this.#ordinal);
    this.#output.release(slab as Slab);
    this.#class.engine.requests.release(request);
  }

  /** Whether the primary takes a read that this replica does not. */
  #fallsBack(request: Request): boolean {
    const { isReplica, redispatch } = this.#class;
    return isReplica && (redispatch?.again(this, request) ?? false);
  }

  /** No server takes what was sent here. */
  giveUp(request: Request, failure: Failure): void {
    if (!request.answered) request.owner?.fail(request, failure);
    this.#drop(request);
  }

  /** Why it takes no request now, though it is not open; `null` where it does. */
  #refusal(now: number): Failure | null {
    if (this.#observer.isSuspended) return 'refused';
    const { offline, waiting } = this.#class;
    if (this.#reconnect.gaveUp) return this.#reconnect.failure;
    if (offline !== null) return this.isFull || waiting() >= offline.maxRequests ? 'overflow' : null;
    return this.#state >= State.connecting || this.#reconnect.mayConnect(now)
      ? null
      : this.#reconnect.failure;
  }

  /** Opens the link before a request needs it. */
  open(): void {
    if (this.#state === State.closed) this.#connectSoon();
  }

  /** Connects as soon as it may. */
  #connectSoon(): void {
    if (this.#retryTimer !== null || this.#reconnect.gaveUp) return;
    const wait = this.#reconnect.wait(this.#class.engine.turn.now);
    if (wait === 0) this.#connect();
    else this.#retryTimer = setTimeout(() => this.#connect(), wait);
  }

  #stopWaiting(): void {
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
    this.#retryTimer = null;
  }

  #connect(): void {
    this.#stopWaiting();
    this.#isGivenUp = false;
    this.#state = State.connecting;
    this.#begunAt = this.#class.engine.turn.now;
    this.#stalls = 0;
    this.#run.clear();
    this.#framer = this.#class.codec.createFramer();
    this.#channel = this.#class.transport.connect(this.#endpoint, this.#class.connect, this);
  }

  // ─── writing ──────────────────────────────────────────────────────────────

  #scheduleFlush(): void {
    if (this.inFlight.unsentBytes >= SLAB_SIZE) {
      this.#writeUnsent();
    } else if (!this.#scheduled) {
      this.#scheduled = true;
      this.#class.engine.turn.schedule(this);
    }
  }

  flush(): void {
    this.#scheduled = false;
    if (this.#state === State.open) this.#writeUnsent();
  }

  /** Requests that follow each other in one slab leave by one write. */
  #writeUnsent(): void {
    const channel = this.#channel as Channel;
    let request = this.inFlight.unsent;
    while (request !== null) {
      const bytes = request.bytes as Buffer;
      const start = request.start;
      let end = request.end;
      request = request.nextInLink;
      while (request !== null && request.bytes === bytes && request.start === end) {
        end = request.end;
        request = request.nextInLink;
      }
      if (!channel.write(bytes, start, end)) this.#output.pin();
    }
    this.inFlight.allSent();
  }

  drained(): void {
    this.#output.unpin();
  }

  // ─── reading ──────────────────────────────────────────────────────────────

  opened(): void {
    const handshake = this.#class.handshake();
    if (handshake === null) {
      this.#becomeOpen();
      return;
    }
    this.#state = State.handshaking;
    this.#handshaking = new Handshaking(this.#channel as Channel, handshake);
  }

  #becomeOpen(): void {
    this.#state = State.open;
    this.#openSince = this.#class.engine.turn.now;
    this.#reconnect.reset();
    this.#observer.connected(this.#openSince - this.#begunAt);
    if (this.inFlight.unsent !== null) this.#scheduleFlush();
  }

  received(bytes: Uint8Array, start: number, end: number): void {
    this.#stalls = 0;
    this.#inbox.receive(this, bytes, start, end);
  }

  get expected(): number {
    return this.#run.length + this.#framer.expected;
  }

  /** Pairs whole replies with the requests in front; returns where the first incomplete reply or run begins. */
  parse(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && this.isConnected) {
      const next = this.#framer.frame(bytes, at + this.#run.length, end);
      if (next === FRAME_INCOMPLETE) return at;
      if (next < 0) this.#fail('garbage', new Error('the reply is malformed'));
      else if (this.#framer.isPush) {
        at = this.#takePush(bytes, at, next);
        continue;
      } else if (this.#state === State.handshaking) this.#takeHandshakeReply(bytes, at, next);
      else if (!this.inFlight.awaitsReply) this.#takeUnasked(bytes, at, next);
      else if (!this.#isWhole(at, next)) continue;
      else this.#takeReply(bytes, at, next);
      at = next;
    }
    return this.isConnected ? at : end;
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
      this.#fail('garbage', new Error('a reply came that no request is waiting for'));
  }

  /** Whether the reply that ends at `next` is all that the request in front waits for. */
  #isWhole(start: number, next: number): boolean {
    const request = this.inFlight.head as Request;
    return request.replies === 1 || this.#run.take(request, next - start, this.#framer.replyClass);
  }

  #takeReply(bytes: Uint8Array, start: number, end: number): void {
    const request = this.inFlight.shift();
    const { replyClass } = this.#framer;
    if (replyClass !== ReplyClass.notReady) this.#observer.answered();
    if (request.replies > 1) this.#takeRun(request, bytes, start, end);
    else if (replyClass <= ReplyClass.error || !this.#isSentOn(request, bytes, start, end, replyClass))
      this.#settle(request, bytes, start, end);
    this.#wakeIfRoom();
  }

  #takeRun(request: Request, bytes: Uint8Array, start: number, end: number): void {
    const { first, refusal, refusalStart, refusalEnd } = this.#run;
    this.#run.clear();
    if (
      refusal === ReplyClass.ok ||
      !this.#isSentOn(request, bytes, start + refusalStart, start + refusalEnd, refusal)
    )
      this.#settle(request, bytes, start + first, end);
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
    return this.#class.redispatch?.redirect(this, request, bytes, start, end, replyClass) ?? false;
  }

  #settle(request: Request, bytes: Uint8Array, start: number, end: number): void {
    if (!request.answered) {
      this.#counters[ServerField.responses]++;
      this.#counters[ServerField.responseBytes] += end - start;
      request.owner?.settle(request, bytes, start, end, this.#framer.replyClass);
    }
    this.#drop(request);
  }

  #takeHandshakeReply(bytes: Uint8Array, start: number, end: number): void {
    const handshaking = this.#handshaking as Handshaking;
    const refusal = handshaking.take(bytes, start, end, this.#framer.replyClass);
    if (refusal !== null) this.#fail('refused', refusal);
    else if (handshaking.isOver) this.#becomeOpen();
  }

  #wakeIfRoom(): void {
    if (this.#sleepers.length > 0 && this.inFlight.bytes <= this.#class.maxBytes / 2) this.#wakeSleepers();
  }

  #wakeSleepers(): void {
    for (const sleeper of this.#sleepers.splice(0)) sleeper.wake();
  }

  // ─── ending ───────────────────────────────────────────────────────────────

  /** Answers what ran out of time. What was written keeps its place, to swallow its late reply. */
  expire(now: number): void {
    const deadline = now - this.#class.timeout;
    let newStall = false;
    let request = this.inFlight.unexpired;
    while (request !== null && request.queuedAt <= deadline) {
      if (!request.answered) {
        if (request.queuedAt > this.#stalledAt) newStall = true;
        request.answered = true;
        request.owner?.fail(request, 'timeout');
        this.#returnToSender(request);
      }
      request = request.nextInLink;
    }
    this.inFlight.unexpired = request;
    if (this.#state !== State.open) this.#dropUntil(request);
    if (newStall) this.#stalled(now);
    else if (this.isFull && request === null)
      this.#fail('timeout', new Error('it is full of requests that timed out'));
  }

  /** A silent server costs requests their time; a connection that stays silent is given up, for it may be lost. */
  #stalled(now: number): void {
    this.#stalledAt = now;
    this.#observer.timedOut();
    if (++this.#stalls >= MAX_STALLS)
      this.#fail('timeout', new Error(`it was silent for ${MAX_STALLS} timeouts`));
  }

  /** What was never written need not wait for a reply. */
  #dropUntil(first: Request | null): void {
    while (this.inFlight.head !== first) this.#drop(this.inFlight.shift());
    this.#wakeIfRoom();
  }

  /** Forgets earlier failures: the next request connects at once. */
  forgive(): void {
    this.#reconnect.reset();
    this.#stopWaiting();
  }

  /**
   * Its server is used no more: what was not written is sent where its keys are by now.
   * @param hangs it is not expected to answer what was written.
   */
  leave(hangs: boolean): void {
    this.#isLeaving = true;
    if (this.#state !== State.open || hangs) this.close();
  }

  /** Closes the link at once; what waits on it fails, and the observer is not told. */
  close(): void {
    this.#stopWaiting();
    this.#isGivenUp = true;
    if (this.#state >= State.connecting) this.#shut('closed', false);
    else this.#abandonAll('closed', false);
    this.#wakeSleepers();
  }

  ended(): void {
    this.#fail('closed', null);
  }

  closed(error: Error | null): void {
    if (this.#state === State.open) this.#fail('closed', error);
    else if (this.#state !== State.closing) this.#fail(failureToConnect(error), error);
    this.#output.unpin();
    this.#state = State.closed;
    this.#channel = null;
    if (this.inFlight.head !== null || (this.#class.reopens && !this.#isGivenUp && !this.#isLeaving))
      this.#connectSoon();
  }

  #fail(failure: Failure, error: Error | null): void {
    if (this.#state < State.connecting) return;
    const wasOpen = this.#state === State.open;
    const { offline, reopens, engine } = this.#class;
    if (!wasOpen || reopens) this.#reconnect.failed(failure, engine.turn.now);
    this.#shut(failure, (wasOpen || offline !== null) && !this.#reconnect.gaveUp);
    this.#observer.disconnected(failure, wasOpen ? this.#openSince : null, error);
  }

  #shut(failure: Failure, mayRetry: boolean): void {
    this.#state = State.closing;
    this.#inbox.clear();
    (this.#channel as Channel).destroy();
    this.#abandonAll(failure, mayRetry);
    this.#wakeSleepers();
  }

  #abandonAll(failure: Failure, mayRetry: boolean): void {
    const { inFlight } = this;
    const { retryReads, offline, redispatch, isReplica } = this.#class;
    const goesOn = this.#isLeaving || isReplica;
    const maxAttempts = goesOn ? Number.POSITIVE_INFINITY : (offline?.maxAttempts ?? 1);
    const lost = new LostRequests(inFlight.head, inFlight.unsent, retryReads || goesOn, maxAttempts);
    let request = inFlight.takeAll();
    while (request !== null) {
      const next: Request | null = request.nextInLink;
      request.nextInLink = null;
      const isLost = !lost.mayRetry(request);
      if (isLost || (goesOn ? !redispatch?.again(this, request) : !mayRetry)) {
        this.giveUp(request, failure);
      } else if (!goesOn) {
        request.attempts++;
        inFlight.push(request);
      }
      request = next;
    }
  }

  /** The link lets go of a request. */
  #drop(request: Request): void {
    this.#detach(request);
    this.#class.engine.requests.release(request);
  }

  /** What is answered no longer counts against its session, though the link may still wait for the reply. */
  #returnToSender(request: Request): void {
    request.sender?.returned(request.end - request.start, request.spec as CommandSpec, this.#ordinal);
    request.sender = null;
  }

  #detach(request: Request): void {
    this.#returnToSender(request);
    this.#output.release(request.slab as Slab);
    request.slab = null;
    request.bytes = null;
  }
}
