import {
  type Flushable,
  type FrameParser,
  Inbox,
  type Link,
  type Pool,
  PoolField,
  type Request,
  type RequestOwner,
  type Session,
  type SessionOwner,
  type Slab,
} from '@shardmux/core';
import {
  type Channel,
  type ChannelHandler,
  type CommandSpec,
  type Conversation,
  type ConversationClient,
  DecodeStatus,
  type Failure,
  Handling,
  type KeyRanges,
  type Realm,
  ReplyClass,
  type RequestDecoder,
} from '@shardmux/plugin-api';
import type { ConnectionLimits } from './limits.js';
import { Mute } from './mute.js';
import { Output } from './output.js';
import { ReplyOrder } from './reply-order.js';

/** Bytes of commands behind one that waits; above it no more are read. */
const MAX_UNREAD = 65_536;

/** How long a client that is to go may take to close after its last reply was sent, in ms. */
const LINGER = 2_000;

/** Stands for a command that was answered here, while it waits for its turn. */
const LOCAL: CommandSpec = { name: 'local', readonly: true };
/** Likewise what no command asked for. */
const PUSH: CommandSpec = { name: 'push', readonly: true };

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
 *   received ──► inbox? ──► decode ──► session.dispatch ──► link … reply ──► settle ──► output ──► flush
 *                              │                                               │
 *                              └── answered here (PING, errors) ──────────────►┘  in the order of the requests
 *
 *              too much under way, a full link, new routes
 *   reading ◄──────────────────────────────────────────────► paused
 *      │  QUIT, malformed bytes, the client's end, a drain
 *      └───────────► leaving ── all is answered ──► lingering ──► closed
 */
export class Connection
  implements ChannelHandler, ConversationClient, FrameParser, RequestOwner, SessionOwner, Flushable
{
  readonly isSerial = true;
  readonly hears = true;
  readonly mayWait = true;
  readonly channel: Channel;
  readonly #pool: Pool;
  readonly #limits: ConnectionLimits;
  readonly #session: Session;
  readonly #conversation: Conversation;
  readonly #decoder: RequestDecoder;
  readonly #inbox: Inbox;
  readonly #order: ReplyOrder;
  readonly #output: Output;
  readonly #host: ConnectionHost;
  /** Who the client is, as the host knows it. */
  #user: string | null = null;
  /** Whether it may be. */
  #isUndecided = false;
  #admitted = false;
  /** The command at hand is to have no reply. */
  #isMuted = false;
  #scheduled = false;
  #paused = false;
  /** Takes no more commands. */
  #leaving = false;
  /** Bytes that come are no longer looked at, but those in the inbox still count. */
  #inputEnded = false;
  /** Its last reply is on the way. */
  #ending = false;
  #linger: NodeJS.Timeout | null = null;
  #closed = false;
  /** When it came, by the turn's clock, and when bytes came last. */
  readonly #acceptedAt: number;
  activeAt: number;

  constructor(channel: Channel, pool: Pool, limits: ConnectionLimits, realm: Realm, host: ConnectionHost) {
    const { engine, codec } = pool;
    this.channel = channel;
    this.#pool = pool;
    this.#limits = limits;
    this.#session = pool.openSession(this);
    this.#conversation = realm.createConversation(this);
    this.#decoder = codec.createDecoder(limits, this.#conversation);
    this.#inbox = new Inbox(engine.arena);
    this.#order = new ReplyOrder(engine);
    this.#output = new Output(channel, engine.arena);
    this.#host = host;
    this.#acceptedAt = engine.turn.now;
    this.activeAt = engine.turn.now;
  }

  /** The client may stay. */
  admit(): void {
    this.#admitted = true;
    this.#pool.counters[PoolField.clientConnections]++;
    this.channel.resume();
  }

  /** The client may not stay. */
  refuse(): void {
    this.#leaveWith(this.#pool.codec.failureReply('maxClients'));
  }

  /** Nothing is under way, and nothing is waited for. */
  get isIdle(): boolean {
    return this.#order.first === null && !this.#conversation.listens;
  }

  // ─── requests ─────────────────────────────────────────────────────────────

  opened(): void {}

  received(bytes: Uint8Array, start: number, end: number): void {
    if (this.#leaving || this.#inputEnded) return;
    this.activeAt = this.#pool.engine.turn.now;
    const inbox = this.#inbox;
    if (this.#paused) {
      inbox.append(bytes, start, end, 0);
      if (inbox.end - inbox.start > MAX_UNREAD) this.channel.pause();
      return;
    }
    const wasEmpty = inbox.bytes === null;
    inbox.receive(this, bytes, start, end);
    if (!wasEmpty) this.#releaseRest();
  }

  /** A large command is over: its bytes are not to be kept until the next one comes. */
  #releaseRest(): void {
    if (this.#inbox.bytes === null) this.#decoder.release();
  }

  get expected(): number {
    return this.#decoder.expected;
  }

  /** Returns where the first command begins that was not taken. */
  parse(bytes: Uint8Array, start: number, end: number): number {
    const decoder = this.#decoder;
    let at = start;
    while (at < end) {
      if (!this.#mayTake()) {
        this.#pause();
        return at;
      }
      const status = decoder.decode(bytes, at, end);
      if (status === DecodeStatus.incomplete) return at;
      if (status === DecodeStatus.command) {
        if (!this.#take(decoder)) {
          this.#pause();
          return at;
        }
      } else if (status === DecodeStatus.malformed) this.#leaveWith(decoder.malformedReply);
      if (this.#leaving) return end;
      at = decoder.consumed;
    }
    return at;
  }

  /** False: its time has not come. */
  #take(command: RequestDecoder): boolean {
    const { handling } = command;
    const isForwarded = handling !== Handling.local && handling !== Handling.reject;
    if (!isForwarded || this.#conversation.intercepts) return this.#converse(command);
    this.#session.dispatch(this.#expect(command.spec), command);
    return true;
  }

  #converse(command: RequestDecoder): boolean {
    const conversation = this.#conversation;
    const session = this.#session;
    const { links } = conversation;
    const answer = conversation.answer(command);
    const isTaken = answer === null || answer instanceof Uint8Array || answer.kind !== 'later';
    this.#isMuted = conversation.muted;
    if (conversation.links !== links) session.useLinks(conversation.links);
    if (answer === null) session.dispatch(this.#expect(command.spec), command);
    else if (answer instanceof Uint8Array) this.#answerAs(conversation.authenticatedAs ?? null, answer);
    else if (answer.kind === 'run') session.dispatchRun(this.#expect(answer.spec), answer);
    else if (answer.kind === 'errand') session.run(this.#expect(answer.spec), answer);
    else session.hold(answer.over);
    this.#isMuted = false;
    if (conversation.closing) this.#leave();
    return isTaken;
  }

  /** A request whose reply is the next that the client is owed; or that nobody is told of, where it is muted. */
  #expect(spec: CommandSpec): Request {
    const request = this.#pool.engine.requests.acquire(this, this.#session, spec);
    if (this.#isMuted) request.owner = new Mute(this.#pool.engine);
    else this.#order.push(request);
    return request;
  }

  /** Replies once the client may be this user; until then nothing more is taken. */
  #answerAs(user: string | null, reply: Uint8Array): void {
    if (user === this.#user) {
      this.#answer(reply);
      return;
    }
    this.#user = user;
    this.#isUndecided = true;
    const request = this.#expect(LOCAL);
    this.#host.identified(this, user, (mayStay) => {
      this.#isUndecided = false;
      const bytes = mayStay ? reply : this.#pool.codec.failureReply('maxClients');
      request.owner?.settle(request, bytes, 0, bytes.length, ReplyClass.ok);
      if (!mayStay) this.#leave();
      this.#scheduleFlush();
    });
  }

  /** Replies without asking a server. */
  #answer(reply: Uint8Array): void {
    if (this.#isMuted) return;
    if (this.#order.first === null) {
      this.#output.append(reply, 0, reply.length);
      this.#scheduleFlush();
      return;
    }
    this.#order.hold(this.#expect(LOCAL), reply, 0, reply.length);
  }

  // ─── replies ──────────────────────────────────────────────────────────────

  fail(request: Request, failure: Failure): void {
    const reply = this.#pool.codec.failureReply(failure);
    this.settle(request, reply, 0, reply.length);
  }

  settle(request: Request, bytes: Uint8Array, start: number, end: number): void {
    const order = this.#order;
    const from = start + request.lastReply;
    if (request !== order.first) {
      order.hold(request, bytes, from, end);
      return;
    }
    this.#output.append(bytes, from, end);
    order.shift();
    let next = order.first;
    while (next?.settled) {
      this.#output.append((next.replySlab as Slab).bytes, next.replyStart, next.replyEnd);
      order.shift();
      next = order.first;
    }
    this.#scheduleFlush();
  }

  get remote(): string {
    return this.channel.remote;
  }

  get local(): string {
    return this.channel.local ?? '';
  }

  get lastCommand(): CommandSpec {
    return this.#decoder.spec;
  }

  connectionFor(keys: KeyRanges): object | null {
    return this.#session.connectionFor(keys);
  }

  get age(): number {
    return this.#pool.engine.turn.now - this.#acceptedAt;
  }

  get idle(): number {
    return this.#pool.engine.turn.now - this.activeAt;
  }

  /** A client that waits for others is owed nothing but their doing: what comes meanwhile need not wait as well. */
  push(bytes: Uint8Array, start: number, end: number): void {
    if (this.#closed || this.#ending) return;
    const order = this.#order;
    if (order.first === null || this.#session.isBlocked) this.#output.append(bytes, start, end);
    else order.hold(this.#expect(PUSH), bytes, start, end);
    if (order.heldBytes > this.#limits.maxOutputBytes) this.channel.destroy();
    this.#scheduleFlush();
  }

  destroy(): void {
    this.channel.destroy();
  }

  #scheduleFlush(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#pool.engine.turn.schedule(this);
  }

  flush(): void {
    this.#scheduled = false;
    if (this.#closed) return;
    if (this.#paused && this.#mayResume()) this.#resume();
    this.#output.flush();
    if (this.#output.unsentBytes > this.#limits.maxOutputBytes) this.channel.destroy();
    else if (this.#isDone) this.#finish();
    // What it waits for is nobody's then.
    else if (this.#inputEnded && (this.#session.isBlocked || this.#session.isPutOff)) this.channel.destroy();
  }

  drained(): void {
    this.#output.drained();
    if (this.#ending) this.#startLinger();
    else if (this.#paused) this.#scheduleFlush();
  }

  // ─── pausing ──────────────────────────────────────────────────────────────

  get #bytesUnderWay(): number {
    return this.#session.bytesInFlight + this.#order.heldBytes + this.#output.unsentBytes;
  }

  #mayTake(): boolean {
    const { maxPipeline, maxSessionBytes } = this.#limits;
    return (
      this.#order.depth < maxPipeline &&
      this.#bytesUnderWay < maxSessionBytes &&
      !this.#isUndecided &&
      this.#session.isReady
    );
  }

  /** Half of a limit must be free again, so that a busy client does not pause and resume with every reply. */
  #mayResume(): boolean {
    const { maxPipeline, maxSessionBytes } = this.#limits;
    return (
      this.#order.depth <= maxPipeline / 2 &&
      this.#bytesUnderWay <= maxSessionBytes / 2 &&
      !this.#isUndecided &&
      this.#session.isReady
    );
  }

  #pause(): void {
    this.#paused = true;
    // Of a client that waits for others it is to be seen that it leaves.
    if (!this.#session.isHeld) this.channel.pause();
  }

  #resume(): void {
    this.#paused = false;
    this.#inbox.retry(this);
    this.#releaseRest();
    if (!this.#paused) this.channel.resume();
  }

  /** Its requests are answered in their order: behind one that waits for room, all do. */
  full(link: Link): void {
    this.#session.waitFor(link);
  }

  wake(): void {
    if (!this.#closed) this.#scheduleFlush();
  }

  // ─── leaving ──────────────────────────────────────────────────────────────

  /** Takes nothing more in; closes when all that came in is answered. */
  leave(): void {
    this.#inputEnded = true;
    this.#scheduleFlush();
  }

  ended(): void {
    this.leave();
  }

  /** As `leave`, but for the commands that came in and were not taken yet: they are dropped. */
  #leave(): void {
    this.#leaving = true;
    this.#paused = false;
    this.#inbox.clear();
  }

  #leaveWith(reply: Uint8Array): void {
    this.#answer(reply);
    this.#leave();
    this.#scheduleFlush();
  }

  get #isDone(): boolean {
    return (this.#leaving || (this.#inputEnded && !this.#paused)) && this.#order.first === null;
  }

  /**
   * Says goodbye, but reads on for a while: closing a socket with unread bytes would reset it, and the last reply
   * could be lost on its way.
   */
  #finish(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#leave();
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
    this.#leave();
    this.#conversation.end();
    this.#session.end();
    this.#order.abandon();
    this.#output.discard();
    this.#host.closed(this);
  }
}
