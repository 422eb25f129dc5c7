import {
  type Flushable,
  type Link,
  type Pool,
  PoolField,
  type Session,
  type SessionOwner,
} from '@shardmux/core';
import type {
  Channel,
  ChannelHandler,
  CommandSpec,
  Conversation,
  ConversationClient,
  KeyRanges,
  Realm,
} from '@shardmux/plugin-api';
import { Intake, type IntakeHost } from './intake.js';
import type { ConnectionLimits } from './limits.js';
import { Replies } from './replies.js';

/** How long a client that is to go may take to close after its last reply was sent, in ms. */
const LINGER = 2_000;

/** Where a connection came in. */
export interface ConnectionHost {
  /**
   * The client has said who it is: a user, or nobody any more.
   * @param decided called at once or later, but not when the connection is closed.
   */
  identified(connection: Connection, user: string | null, decided: (mayStay: boolean) => void): void;
  /** The last call. */
  closed(connection: Connection): void;
}

/**
 * One client's connection.
 *
 *   received ──► intake ──► session.dispatch ──► link … reply ──► replies ──► flush
 *                  └── answered here (PING, errors) ────────────────┘
 *
 *   serving ──► the intake is done ── all is answered ──► lingering ──► closed
 */
export class Connection implements ChannelHandler, ConversationClient, IntakeHost, SessionOwner, Flushable {
  readonly isSerial = true;
  readonly hears = true;
  readonly mayWait = true;
  readonly channel: Channel;
  readonly #pool: Pool;
  readonly #limits: ConnectionLimits;
  readonly #session: Session;
  readonly #conversation: Conversation;
  readonly #replies: Replies;
  readonly #intake: Intake;
  readonly #host: ConnectionHost;
  readonly #acceptedAt: number;
  #admitted = false;
  #scheduled = false;
  /** Its last reply is on the way. */
  #ending = false;
  #linger: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(channel: Channel, pool: Pool, limits: ConnectionLimits, realm: Realm, host: ConnectionHost) {
    this.channel = channel;
    this.#pool = pool;
    this.#limits = limits;
    this.#session = pool.openSession(this);
    this.#conversation = realm.createConversation(this);
    this.#replies = new Replies(channel, pool, this.#session, this);
    this.#intake = new Intake(this, pool, this.#session, this.#conversation, this.#replies, limits);
    this.#host = host;
    this.#acceptedAt = pool.engine.turn.now;
  }

  /** The client may stay. */
  admit(): void {
    this.#admitted = true;
    this.#pool.counters[PoolField.clientConnections]++;
    this.channel.resume();
  }

  /** The client may not stay. */
  refuse(): void {
    this.#intake.stopWith(this.#pool.codec.failureReply('maxClients'));
  }

  identified(user: string | null, decided: (mayStay: boolean) => void): void {
    this.#host.identified(this, user, decided);
  }

  /** Nothing is under way, and nothing is waited for. */
  get isIdle(): boolean {
    return this.#replies.owed === 0 && !this.#conversation.listens;
  }

  /** When bytes came last, by the turn's clock. */
  get activeAt(): number {
    return this.#intake.activeAt;
  }

  // ─── ConversationClient ───────────────────────────────────────────────────

  get remote(): string {
    return this.channel.remote;
  }

  get local(): string {
    return this.channel.local ?? '';
  }

  get lastCommand(): CommandSpec {
    return this.#intake.lastCommand;
  }

  get age(): number {
    return this.#pool.engine.turn.now - this.#acceptedAt;
  }

  get idle(): number {
    return this.#pool.engine.turn.now - this.activeAt;
  }

  connectionFor(keys: KeyRanges): object | null {
    return this.#session.connectionFor(keys);
  }

  push(bytes: Uint8Array, start: number, end: number): void {
    if (this.#closed || this.#ending) return;
    this.#replies.push(bytes, start, end);
    if (this.#replies.heldBytes > this.#limits.maxOutputBytes) this.channel.destroy();
  }

  destroy(): void {
    this.channel.destroy();
  }

  // ─── SessionOwner ─────────────────────────────────────────────────────────

  /** Its requests are answered in their order: behind one that waits for room, all do. */
  full(link: Link): void {
    this.#session.waitFor(link);
  }

  wake(): void {
    if (!this.#closed) this.scheduleFlush();
  }

  // ─── the channel ──────────────────────────────────────────────────────────

  opened(): void {}

  received(bytes: Uint8Array, start: number, end: number): void {
    this.#intake.received(bytes, start, end);
  }

  scheduleFlush(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#pool.engine.turn.schedule(this);
  }

  flush(): void {
    this.#scheduled = false;
    if (this.#closed) return;
    const intake = this.#intake;
    intake.resume();
    this.#replies.flush();
    if (this.#replies.unsentBytes > this.#limits.maxOutputBytes) this.channel.destroy();
    else if (intake.isDone && this.#replies.owed === 0) this.#finish();
    // What it waits for is nobody's then.
    else if (intake.isEnded && (this.#session.isBlocked || this.#session.isPutOff)) this.channel.destroy();
  }

  drained(): void {
    this.#replies.drained();
    if (this.#ending) this.#startLinger();
    else if (this.#intake.isPaused) this.scheduleFlush();
  }

  // ─── leaving ──────────────────────────────────────────────────────────────

  /** Takes nothing more in; closes when all that came in is answered. */
  leave(): void {
    this.#intake.end();
    this.scheduleFlush();
  }

  ended(): void {
    this.leave();
  }

  /**
   * Says goodbye, but reads on for a while: closing a socket with unread bytes would reset it, and the last reply
   * could be lost on its way.
   */
  #finish(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#intake.stop();
    this.channel.end();
    this.channel.resume();
  }

  /** All is sent: from here on it is up to the client. */
  #startLinger(): void {
    this.#linger ??= setTimeout(() => this.channel.destroy(), LINGER);
  }

  closed(error: Error | null): void {
    this.#closed = true;
    if (this.#linger !== null) clearTimeout(this.#linger);
    if (this.#admitted) {
      const { counters } = this.#pool;
      counters[PoolField.clientConnections]--;
      counters[error === null ? PoolField.clientEof : PoolField.clientErr]++;
    }
    this.#intake.stop();
    this.#conversation.end();
    this.#session.end();
    this.#replies.discard();
    this.#host.closed(this);
  }
}
