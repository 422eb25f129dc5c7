import {
  type Channel,
  type ChannelHandler,
  type Endpoint,
  type Failure,
  FRAME_INCOMPLETE,
  type ReplyFramer,
} from '@shardmux/plugin-api';
import { type FrameParser, Inbox } from '../bytes/inbox.js';
import { failureToConnect } from './failure-to-connect.js';
import { Handshaking } from './handshaking.js';
import type { LinkClass } from './link-class.js';
import type { LinkObserver } from './link-observer.js';
import { Reconnect } from './reconnect.js';

/** Whom a connection serves: takes what comes while it is open. */
export interface ConnectionUser extends FrameParser {
  /** What waits may be written. */
  opened(): void;
  /** It is being closed, and not by `close`: nothing more comes. */
  lost(failure: Failure, wasOpen: boolean): void;
  /** As `ChannelHandler` has it. */
  drained(): void;
  /** It may be opened again. */
  closed(): void;
}

const State = { closed: 0, closing: 1, connecting: 2, handshaking: 3, open: 4 } as const;
type State = (typeof State)[keyof typeof State];

/**
 * The connection of one link, opened anew as often as it is lost.
 *
 *             open              opened              handshake answered
 *   closed ─────────► connecting ────────► handshaking ────────────────► open
 *     ▲  └─ backs off ─┘  │                     │                          │
 *     └──── closed ──── closing ◄───────────────┴── refused, closed, garbage
 */
export class ServerConnection implements ChannelHandler, FrameParser {
  readonly #class: LinkClass;
  readonly #endpoint: Endpoint;
  readonly #observer: LinkObserver;
  readonly #user: ConnectionUser;
  readonly #inbox: Inbox;
  readonly #reconnect: Reconnect;
  /** Another one with each connection: it stands in the midst of what that one sends. */
  framer: ReplyFramer;
  /** When something came last, or it was begun, by the turn's clock. */
  heardAt = 0;
  #state: State = State.closed;
  #channel: Channel | null = null;
  #handshaking: Handshaking | null = null;
  #begunAt = 0;
  #openSince = 0;
  /** It is not to be opened, whoever asks. */
  #isHeld = false;
  /** Waits until it may connect again. */
  #retryTimer: NodeJS.Timeout | null = null;

  constructor(linkClass: LinkClass, endpoint: Endpoint, observer: LinkObserver, user: ConnectionUser) {
    this.#class = linkClass;
    this.#endpoint = endpoint;
    this.#observer = observer;
    this.#user = user;
    this.#inbox = new Inbox(linkClass.engine.arena);
    this.#reconnect = new Reconnect(linkClass.backoff);
    this.framer = linkClass.codec.createFramer();
  }

  get isOpen(): boolean {
    return this.#state === State.open;
  }

  /** The server has accepted it. */
  get isConnected(): boolean {
    return this.#state >= State.handshaking;
  }

  /** It is open, or being opened. */
  get isBegun(): boolean {
    return this.#state >= State.connecting;
  }

  /** Another one whenever what was written may be lost; `null` while nothing can be written. */
  get channel(): Channel | null {
    return this.#state === State.open ? this.#channel : null;
  }

  /** It will not be opened again until it is forgiven. */
  get gaveUp(): boolean {
    return this.#reconnect.gaveUp;
  }

  /** Why it is not to be had now; `null` where it is, or may be opened. */
  refusal(now: number): Failure | null {
    return this.#state >= State.connecting || this.#reconnect.mayConnect(now)
      ? null
      : this.#reconnect.failure;
  }

  /** Opens it as soon as that may be, if it is closed. */
  open(): void {
    if (this.#state !== State.closed || this.#retryTimer !== null) return;
    if (this.#isHeld || this.#reconnect.gaveUp) return;
    const wait = this.#reconnect.wait(this.#class.engine.turn.now);
    if (wait === 0) this.#connect();
    else this.#retryTimer = setTimeout(() => this.#connect(), wait);
  }

  #connect(): void {
    this.#stopWaiting();
    const { transport, codec, connect, engine } = this.#class;
    this.#state = State.connecting;
    this.#begunAt = engine.turn.now;
    this.heardAt = this.#begunAt;
    this.framer = codec.createFramer();
    this.#channel = transport.connect(this.#endpoint, connect, this);
  }

  #stopWaiting(): void {
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
    this.#retryTimer = null;
  }

  /** Forgets earlier failures: it may be opened at once. */
  forgive(): void {
    this.#reconnect.reset();
    this.#stopWaiting();
  }

  /** Closes it, and opens it no more until `release`. */
  hold(): void {
    this.#isHeld = true;
    this.#stopWaiting();
    this.fail('closed', new Error('the server is held to be down'));
  }

  release(): void {
    this.#isHeld = false;
  }

  opened(): void {
    this.heardAt = this.#class.engine.turn.now;
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
    this.#user.opened();
  }

  received(bytes: Uint8Array, start: number, end: number): void {
    this.heardAt = this.#class.engine.turn.now;
    this.#inbox.receive(this, bytes, start, end);
  }

  get expected(): number {
    return this.#user.expected;
  }

  /** What comes behind the handshake's replies is the user's. */
  parse(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && this.#state === State.handshaking) {
      const next = this.framer.frame(bytes, at, end);
      if (next === FRAME_INCOMPLETE) return at;
      if (next < 0) this.fail('garbage', new Error('the reply is malformed'));
      else if (this.framer.isPush) this.#observer.unasked(bytes, at, next);
      else this.#takeHandshakeReply(bytes, at, next);
      at = next;
    }
    return this.#state === State.open ? this.#user.parse(bytes, at, end) : end;
  }

  #takeHandshakeReply(bytes: Uint8Array, start: number, end: number): void {
    const handshaking = this.#handshaking as Handshaking;
    const refusal = handshaking.take(bytes, start, end, this.framer.replyClass);
    if (refusal !== null) this.fail('refused', refusal);
    else if (handshaking.isOver) this.#becomeOpen();
  }

  drained(): void {
    this.#user.drained();
  }

  ended(): void {
    this.fail('closed', null);
  }

  closed(error: Error | null): void {
    if (this.#state >= State.connecting) this.fail(this.isOpen ? 'closed' : failureToConnect(error), error);
    this.#state = State.closed;
    this.#channel = null;
    this.#user.closed();
  }

  /** It cannot be used, or not any more. One that was lost is opened anew at once, but by itself it backs off. */
  fail(failure: Failure, error: Error | null): void {
    if (this.#state < State.connecting) return;
    const wasOpen = this.#state === State.open;
    if (!wasOpen || this.#class.reopens) this.#reconnect.failed(failure, this.#class.engine.turn.now);
    this.#shut();
    this.#user.lost(failure, wasOpen);
    this.#observer.disconnected(failure, wasOpen ? this.#openSince : null, error);
  }

  /** Closes it at once, or opens it no more; nobody is told. */
  close(): void {
    this.#stopWaiting();
    if (this.#state >= State.connecting) this.#shut();
  }

  #shut(): void {
    this.#state = State.closing;
    this.#inbox.clear();
    (this.#channel as Channel).destroy();
  }
}
