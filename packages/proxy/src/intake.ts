import { type Engine, type FrameParser, Inbox, type Pool, type Session } from '@shardmux/core';
import {
  type Channel,
  type Codec,
  type Conversation,
  DecodeStatus,
  Handling,
  ReplyClass,
  type RequestDecoder,
} from '@shardmux/plugin-api';
import type { ConnectionLimits } from './limits.js';
import type { Flusher, Replies } from './replies.js';

/** Bytes of commands behind one that waits; above it no more are read. */
const MAX_UNREAD = 65_536;

/** Whose commands are taken. */
export interface IntakeHost extends Flusher {
  readonly channel: Channel;
  /** As `ConnectionHost` has it. */
  identified(user: string | null, decided: (mayStay: boolean) => void): void;
}

/**
 * The commands of one client, from its bytes to the session.
 *
 *              too much under way, a full link, new routes
 *   reading ◄──────────────────────────────────────────────► paused
 *      │  QUIT, malformed bytes, a drain                        │
 *      └───────────► stopped: the rest is dropped ◄─────────────┘
 */
export class Intake implements FrameParser {
  /** When bytes came last, by the turn's clock. */
  activeAt: number;
  isPaused = false;
  readonly #host: IntakeHost;
  readonly #channel: Channel;
  readonly #engine: Engine;
  readonly #codec: Codec;
  readonly #session: Session;
  readonly #conversation: Conversation;
  readonly #replies: Replies;
  readonly #limits: ConnectionLimits;
  readonly #decoder: RequestDecoder;
  readonly #inbox: Inbox;
  /** Who the client is, as the host knows it. */
  #user: string | null = null;
  /** Whether it may be. */
  #isUndecided = false;
  /** Takes no more commands. */
  #isStopped = false;
  #isEnded = false;

  constructor(
    host: IntakeHost,
    { engine, codec }: Pool,
    session: Session,
    conversation: Conversation,
    replies: Replies,
    limits: ConnectionLimits,
  ) {
    this.#host = host;
    this.#channel = host.channel;
    this.#engine = engine;
    this.#codec = codec;
    this.#session = session;
    this.#conversation = conversation;
    this.#replies = replies;
    this.#limits = limits;
    this.#decoder = codec.createDecoder(limits, conversation);
    this.#inbox = new Inbox(engine.arena);
    this.activeAt = engine.turn.now;
  }

  get lastCommand(): RequestDecoder['spec'] {
    return this.#decoder.spec;
  }

  /** Bytes that come are no longer looked at, but those that are kept still count. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** It has taken all that it will. */
  get isDone(): boolean {
    return this.#isStopped || (this.#isEnded && !this.isPaused);
  }

  received(bytes: Uint8Array, start: number, end: number): void {
    if (this.#isStopped || this.#isEnded) return;
    this.activeAt = this.#engine.turn.now;
    const inbox = this.#inbox;
    if (this.isPaused) {
      inbox.append(bytes, start, end, 0);
      if (inbox.end - inbox.start > MAX_UNREAD) this.#channel.pause();
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
      } else if (status === DecodeStatus.malformed) this.stopWith(decoder.malformedReply);
      if (this.#isStopped) return end;
      at = decoder.consumed;
    }
    return at;
  }

  /** False: its time has not come. */
  #take(command: RequestDecoder): boolean {
    const { handling } = command;
    const isForwarded = handling !== Handling.local && handling !== Handling.reject;
    if (!isForwarded || this.#conversation.intercepts) return this.#converse(command);
    this.#session.dispatch(this.#replies.expect(command.spec), command);
    return true;
  }

  #converse(command: RequestDecoder): boolean {
    const conversation = this.#conversation;
    const session = this.#session;
    const replies = this.#replies;
    const { links } = conversation;
    const answer = conversation.answer(command);
    const isTaken = answer === null || answer instanceof Uint8Array || answer.kind !== 'later';
    replies.isMuted = conversation.muted;
    if (conversation.links !== links) session.useLinks(conversation.links);
    if (answer === null) session.dispatch(replies.expect(command.spec), command);
    else if (answer instanceof Uint8Array) this.#answerAs(conversation.authenticatedAs ?? null, answer);
    else if (answer.kind === 'run') session.dispatchRun(replies.expect(answer.spec), answer);
    else if (answer.kind === 'errand') session.run(replies.expect(answer.spec), answer);
    else session.hold(answer.over);
    replies.isMuted = false;
    if (conversation.closing) this.stop();
    return isTaken;
  }

  /** Replies once the client may be this user; until then nothing more is taken. */
  #answerAs(user: string | null, reply: Uint8Array): void {
    const replies = this.#replies;
    if (user === this.#user) {
      replies.answer(reply);
      return;
    }
    this.#user = user;
    this.#isUndecided = true;
    const request = replies.expectLocal();
    this.#host.identified(user, (mayStay) => {
      this.#isUndecided = false;
      const bytes = mayStay ? reply : this.#codec.failureReply('maxClients');
      request.owner?.settle(request, bytes, 0, bytes.length, ReplyClass.ok);
      if (!mayStay) this.stop();
      this.#host.scheduleFlush();
    });
  }

  // ─── pausing ──────────────────────────────────────────────────────────────

  get #bytesUnderWay(): number {
    return this.#session.bytesInFlight + this.#replies.heldBytes + this.#replies.unsentBytes;
  }

  #mayTake(): boolean {
    const { maxPipeline, maxSessionBytes } = this.#limits;
    return (
      this.#replies.owed < maxPipeline &&
      this.#bytesUnderWay < maxSessionBytes &&
      !this.#isUndecided &&
      this.#session.isReady
    );
  }

  /** Half of a limit must be free again, so that a busy client does not pause and resume with every reply. */
  #mayResume(): boolean {
    const { maxPipeline, maxSessionBytes } = this.#limits;
    return (
      this.#replies.owed <= maxPipeline / 2 &&
      this.#bytesUnderWay <= maxSessionBytes / 2 &&
      !this.#isUndecided &&
      this.#session.isReady
    );
  }

  #pause(): void {
    this.isPaused = true;
    // Of a client that waits for others it is to be seen that it leaves.
    if (!this.#session.isHeld) this.#channel.pause();
  }

  /** Goes on if it may. */
  resume(): void {
    if (!this.isPaused || !this.#mayResume()) return;
    this.isPaused = false;
    this.#inbox.retry(this);
    this.#releaseRest();
    if (!this.isPaused) this.#channel.resume();
  }

  // ─── ending ───────────────────────────────────────────────────────────────

  /** The client will send no more, or is to be heard no more: what came in is taken. */
  end(): void {
    this.#isEnded = true;
  }

  /** As `end`, but for the commands that came in and were not taken yet: they are dropped. */
  stop(): void {
    this.#isStopped = true;
    this.isPaused = false;
    this.#inbox.clear();
  }

  stopWith(reply: Uint8Array): void {
    this.#replies.answer(reply);
    this.stop();
    this.#host.scheduleFlush();
  }
}
