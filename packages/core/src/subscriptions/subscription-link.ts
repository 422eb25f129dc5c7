import {
  type Failure,
  FRAME_INCOMPLETE,
  type SubscriptionCodec,
  SubscriptionFrame,
  type SubscriptionKind,
  type SubscriptionReader,
} from '@shardmux/plugin-api';
import type { LinkClass } from '../dispatch/link-class.js';
import { type ConnectionUser, ServerConnection } from '../dispatch/server-connection.js';
import type { ServerNode } from '../dispatch/server-node.js';
import type { Flushable } from '../turn.js';
import type { Acknowledgement } from './acknowledgement.js';
import type { MessageSource, Subscription } from './subscription.js';
import { SubscriptionRequests } from './subscription-requests.js';

/** How often a link is looked at, in ms: is it needed, is its server there? */
const INTERVAL = 500;
/** A server that was silent for so many ms is asked for a sign of life. */
const SILENCE = 2_000;
/** How long it may take to answer where the pool has no timeout, in ms. */
const PATIENCE = 5_000;

/** Whom messages go to. */
export interface MessageTarget {
  readonly codec: SubscriptionCodec;
  /** @param key of the name. */
  deliver(kind: SubscriptionKind, key: string, bytes: Uint8Array, start: number, end: number): void;
}

/**
 * The one connection to a server that messages come over, for all subscribers.
 *
 *            wanted        handshake answered
 *   closed ─────────► … ──────────────────────► open ── subscribes to all that is wanted
 *     │ ▲                                         │
 *     │ └────── nothing wanted, for a while ──────┤
 *     └──────── wanted still ◄── lost, silent ────┘
 */
export class SubscriptionLink implements ConnectionUser, Flushable, MessageSource {
  readonly #target: MessageTarget;
  readonly #class: LinkClass;
  readonly #connection: ServerConnection;
  readonly #reader: SubscriptionReader;
  readonly #wanted = new Set<Subscription>();
  readonly #requests: SubscriptionRequests;
  /** When it was asked for something, and owed no answer before. */
  #askedAt = 0;
  #watch: NodeJS.Timeout | null = null;
  #scheduled = false;

  constructor(target: MessageTarget, server: ServerNode, linkClass: LinkClass) {
    this.#target = target;
    this.#class = linkClass;
    this.#connection = new ServerConnection({ ...linkClass, reopens: true }, server.endpoint, server, this);
    this.#reader = target.codec.createReader();
    this.#requests = new SubscriptionRequests(target.codec);
  }

  carries(subscription: Subscription): boolean {
    return this.#connection.isOpen && this.#wanted.has(subscription);
  }

  ask(subscription: Subscription, isWanted: boolean, waiter: Acknowledgement | null): void {
    if (isWanted) this.#want(subscription);
    else this.#wanted.delete(subscription);
    const { now } = this.#class.engine.turn;
    const refusal = this.#connection.refusal(now);
    if (!isWanted && !this.#connection.isBegun) {
      waiter?.confirmed();
      if (this.#wanted.size === 0) this.close();
    } else if (refusal !== null) {
      this.#connection.open();
      waiter?.failed(refusal);
    } else {
      if (this.#requests.isEmpty) this.#askedAt = now;
      this.#requests.push(subscription, isWanted, waiter);
      if (this.#connection.isOpen) this.#scheduleFlush();
      else this.#connection.open();
    }
  }

  #want(subscription: Subscription): void {
    this.#wanted.add(subscription);
    this.#watch ??= setInterval(() => this.#look(), INTERVAL);
  }

  /** What was asked meanwhile is asked now; and all else that was subscribed to before the connection was lost. */
  opened(): void {
    this.#requests.restore(this.#wanted);
    this.#scheduleFlush();
  }

  /** Once in a while. */
  #look(): void {
    const { engine, timeout, codec } = this.#class;
    const { isConnected, isOpen, heardAt } = this.#connection;
    if (!isConnected) return;
    const { now } = engine.turn;
    const silence = now - Math.max(heardAt, this.#askedAt);
    const isAsked = !isOpen || !this.#requests.isEmpty;
    if (isAsked && silence > (timeout || PATIENCE)) {
      const error = new Error('it does not answer on its connection for subscriptions');
      this.#connection.fail('timeout', error);
    } else if (!isAsked && this.#wanted.size === 0) {
      this.close();
    } else if (!isAsked && silence >= SILENCE) {
      this.#askedAt = now;
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
    const { channel } = this.#connection;
    if (channel === null) return;
    const bytes = this.#requests.takeUnsent();
    if (bytes.length > 0) channel.write(bytes, 0, bytes.length);
  }

  drained(): void {}

  // ─── reading ──────────────────────────────────────────────────────────────

  get expected(): number {
    return this.#connection.framer.expected;
  }

  parse(bytes: Uint8Array, start: number, end: number): number {
    const connection = this.#connection;
    let at = start;
    while (at < end && connection.isOpen) {
      const next = connection.framer.frame(bytes, at, end);
      if (next === FRAME_INCOMPLETE) return at;
      if (next < 0) this.#takeGarbage('what it sent is malformed');
      else this.#take(bytes, at, next);
      at = next;
    }
    return connection.isOpen ? at : end;
  }

  #take(bytes: Uint8Array, start: number, end: number): void {
    const reader = this.#reader;
    const frame = reader.read(bytes, start, end);
    if (frame === SubscriptionFrame.message) {
      this.#target.deliver(reader.kind, nameIn(bytes, reader), bytes, start, end);
    } else if (frame === SubscriptionFrame.confirmation) {
      if (!this.#requests.confirmed(reader.kind, nameIn(bytes, reader)))
        this.#takeGarbage('it confirmed a subscription that nobody asked for');
    } else {
      const refusal = frame === SubscriptionFrame.refusal ? Buffer.from(bytes.subarray(start, end)) : null;
      if (!this.#requests.answered(refusal))
        this.#takeGarbage('it answered what nobody asked on its connection for subscriptions');
    }
  }

  #takeGarbage(message: string): void {
    this.#connection.fail('garbage', new Error(message));
  }

  // ─── ending ───────────────────────────────────────────────────────────────

  lost(failure: Failure): void {
    this.#requests.failAll(failure);
  }

  closed(): void {
    if (this.#wanted.size > 0) this.#connection.open();
    else this.close();
  }

  /** Nothing is wanted of it any more. */
  close(): void {
    if (this.#watch !== null) clearInterval(this.#watch);
    this.#watch = null;
    this.#wanted.clear();
    this.#connection.close();
    this.#requests.failAll('closed');
  }
}

function nameIn(bytes: Uint8Array, { nameStart, nameEnd }: SubscriptionReader): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + nameStart, nameEnd - nameStart).toString('latin1');
}
