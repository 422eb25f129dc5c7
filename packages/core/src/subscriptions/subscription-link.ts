import {
  type Channel,
  type ChannelHandler,
  type Failure,
  FRAME_INCOMPLETE,
  type ReplyFramer,
  SubscriptionFrame,
  type SubscriptionReader,
} from '@shardmux/plugin-api';
import { type FrameParser, Inbox } from '../bytes/inbox.js';
import { failureToConnect } from '../dispatch/failure-to-connect.js';
import { Handshaking } from '../dispatch/handshaking.js';
import type { LinkClass } from '../dispatch/link-class.js';
import { Reconnect } from '../dispatch/reconnect.js';
import type { ServerNode } from '../dispatch/server-node.js';
import type { Flushable } from '../turn.js';
import type { Acknowledgement } from './acknowledgement.js';
import type { SubscriptionHub } from './hub.js';
import type { Subscription } from './subscription.js';
import { SubscriptionRequests } from './subscription-requests.js';

/** How often a link is looked at, in ms: is it needed, is its server there? */
const INTERVAL = 500;
/** A server that was silent for so many ms is asked for a sign of life. */
const SILENCE = 2_000;
/** How long it may take to answer where the pool has no timeout, in ms. */
const PATIENCE = 5_000;

const State = { closed: 0, closing: 1, connecting: 2, handshaking: 3, open: 4 } as const;
type State = (typeof State)[keyof typeof State];

/**
 * The one connection to a server that messages come over, for all subscribers.
 *
 *            wanted               opened              handshake answered
 *   closed ─────────► connecting ────────► handshaking ────────────────► open ── subscribes to all that is wanted
 *     ▲  └─ backs off ─┘ ▲                      │                         │
 *     │                  └── wanted still ── closing ◄── lost, silent ────┤
 *     └───────────────────────────────────── closing ◄── nothing wanted ──┘
 */
export class SubscriptionLink implements ChannelHandler, FrameParser, Flushable {
  readonly #hub: SubscriptionHub;
  readonly #server: ServerNode;
  readonly #class: LinkClass;
  readonly #inbox: Inbox;
  readonly #reader: SubscriptionReader;
  readonly #reconnect: Reconnect;
  readonly #wanted = new Set<Subscription>();
  readonly #requests: SubscriptionRequests;
  #framer: ReplyFramer;
  #state: State = State.closed;
  #channel: Channel | null = null;
  #handshaking: Handshaking | null = null;
  #begunAt = 0;
  #openSince = 0;
  /** When it was last heard of, or asked after silence. */
  #quietSince = 0;
  #retryTimer: NodeJS.Timeout | null = null;
  #watch: NodeJS.Timeout | null = null;
  #scheduled = false;

  constructor(hub: SubscriptionHub, server: ServerNode, linkClass: LinkClass) {
    this.#hub = hub;
    this.#server = server;
    this.#class = linkClass;
    this.#inbox = new Inbox(linkClass.engine.arena);
    this.#reader = hub.codec.createReader();
    this.#requests = new SubscriptionRequests(hub.codec);
    this.#reconnect = new Reconnect(linkClass.backoff);
    this.#framer = linkClass.codec.createFramer();
  }

  /** Its server sends messages of it. */
  carries(subscription: Subscription): boolean {
    return this.#state === State.open && this.#wanted.has(subscription);
  }

  /** Has the server do what is wanted, now or as soon as it can be reached, and tells what became of it. */
  ask(subscription: Subscription, isWanted: boolean, waiter: Acknowledgement | null): void {
    if (isWanted) this.#wanted.add(subscription);
    else this.#wanted.delete(subscription);
    const { now } = this.#class.engine.turn;
    if (this.#state <= State.closing && !isWanted) {
      waiter?.confirmed();
    } else if (this.#state === State.closed && !this.#reconnect.mayConnect(now)) {
      waiter?.failed(this.#reconnect.failure);
    } else {
      if (this.#requests.isEmpty) this.#quietSince = now;
      this.#requests.push(subscription, isWanted, waiter);
      if (this.#state === State.closed) this.#connect();
      else this.#scheduleFlush();
    }
  }

  // ─── connecting ───────────────────────────────────────────────────────────

  #connect(): void {
    this.#stopWaiting();
    const { transport, codec, connect, engine } = this.#class;
    this.#state = State.connecting;
    this.#begunAt = engine.turn.now;
    this.#framer = codec.createFramer();
    this.#channel = transport.connect(this.#server.endpoint, connect, this);
  }

  #connectSoon(): void {
    if (this.#reconnect.gaveUp) this.#requests.failAll(this.#reconnect.failure);
    if (this.#reconnect.gaveUp || this.#retryTimer !== null) return;
    const wait = this.#reconnect.wait(this.#class.engine.turn.now);
    this.#retryTimer = setTimeout(() => this.#retry(), wait);
  }

  #retry(): void {
    this.#retryTimer = null;
    if (this.#state === State.closed && this.#wanted.size > 0) this.#connect();
  }

  #stopWaiting(): void {
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
    this.#retryTimer = null;
  }

  opened(): void {
    const handshake = this.#class.handshake();
    this.#quietSince = this.#class.engine.turn.now;
    this.#watch = setInterval(() => this.#look(), INTERVAL);
    if (handshake === null) {
      this.#becomeOpen();
      return;
    }
    this.#state = State.handshaking;
    this.#handshaking = new Handshaking(this.#channel as Channel, handshake);
  }

  /** What was asked meanwhile is asked now; and all else that was subscribed to before the connection was lost. */
  #becomeOpen(): void {
    this.#state = State.open;
    this.#openSince = this.#class.engine.turn.now;
    this.#reconnect.reset();
    this.#server.connected(this.#openSince - this.#begunAt);
    this.#requests.restore(this.#wanted);
    this.#scheduleFlush();
  }

  /** Once in a while. */
  #look(): void {
    const { engine, timeout, codec } = this.#class;
    const silence = engine.turn.now - this.#quietSince;
    const isAsked = this.#state === State.handshaking || !this.#requests.isEmpty;
    if (isAsked && silence > (timeout || PATIENCE)) {
      this.#fail('timeout', new Error('it does not answer on its connection for subscriptions'));
    } else if (!isAsked && this.#wanted.size === 0) {
      this.close();
    } else if (!isAsked && silence >= SILENCE) {
      this.#quietSince = engine.turn.now;
      this.#requests.probe(codec.probe);
      this.#scheduleFlush();
    }
  }

  #scheduleFlush(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#class.engine.turn.schedule(this);
  }

  flush(): void {
    this.#scheduled = false;
    if (this.#state !== State.open) return;
    const bytes = this.#requests.takeUnsent();
    if (bytes.length > 0) (this.#channel as Channel).write(bytes, 0, bytes.length);
  }

  drained(): void {}

  // ─── reading ──────────────────────────────────────────────────────────────

  received(bytes: Uint8Array, start: number, end: number): void {
    this.#quietSince = this.#class.engine.turn.now;
    this.#inbox.receive(this, bytes, start, end);
  }

  get expected(): number {
    return this.#framer.expected;
  }

  parse(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && this.#state >= State.handshaking) {
      const next = this.#framer.frame(bytes, at, end);
      if (next === FRAME_INCOMPLETE) return at;
      if (next < 0) this.#fail('garbage', new Error('what it sent is malformed'));
      else if (this.#state === State.handshaking) this.#takeHandshakeReply(bytes, at, next);
      else this.#take(bytes, at, next);
      at = next;
    }
    return this.#state >= State.handshaking ? at : end;
  }

  #takeHandshakeReply(bytes: Uint8Array, start: number, end: number): void {
    const handshaking = this.#handshaking as Handshaking;
    const refusal = handshaking.take(bytes, start, end, this.#framer.replyClass);
    if (refusal !== null) this.#fail('refused', refusal);
    else if (handshaking.isOver) this.#becomeOpen();
  }

  #take(bytes: Uint8Array, start: number, end: number): void {
    const reader = this.#reader;
    const frame = reader.read(bytes, start, end);
    if (frame === SubscriptionFrame.message) {
      this.#hub.deliver(reader.kind, nameIn(bytes, reader), bytes, start, end);
    } else if (frame === SubscriptionFrame.confirmation) {
      if (!this.#requests.confirmed(reader.kind, nameIn(bytes, reader)))
        this.#fail('garbage', new Error('it confirmed a subscription that nobody asked for'));
    } else {
      const refusal = frame === SubscriptionFrame.refusal ? Buffer.from(bytes.subarray(start, end)) : null;
      if (!this.#requests.answered(refusal))
        this.#fail('garbage', new Error('it answered what nobody asked on its connection for subscriptions'));
    }
  }

  // ─── ending ───────────────────────────────────────────────────────────────

  ended(): void {
    this.#fail('closed', null);
  }

  closed(error: Error | null): void {
    if (this.#state >= State.handshaking) this.#fail('closed', error);
    else if (this.#state === State.connecting) this.#fail(failureToConnect(error), error);
    this.#state = State.closed;
    this.#channel = null;
    if (this.#wanted.size > 0) this.#connectSoon();
  }

  #fail(failure: Failure, error: Error | null): void {
    if (this.#state < State.connecting) return;
    const openSince = this.#state === State.open ? this.#openSince : null;
    this.#reconnect.failed(failure, this.#class.engine.turn.now);
    this.#shut(failure);
    this.#server.disconnected(failure, openSince, error);
  }

  #shut(failure: Failure): void {
    this.#state = State.closing;
    if (this.#watch !== null) clearInterval(this.#watch);
    this.#watch = null;
    this.#inbox.clear();
    (this.#channel as Channel).destroy();
    this.#requests.failAll(failure);
  }

  /** Nothing is wanted of it any more. */
  close(): void {
    this.#stopWaiting();
    this.#wanted.clear();
    if (this.#state >= State.connecting) this.#shut('closed');
  }
}

function nameIn(bytes: Uint8Array, { nameStart, nameEnd }: SubscriptionReader): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + nameStart, nameEnd - nameStart).toString('latin1');
}
