import type { Engine, Pool, Request, RequestOwner, Session, Slab } from '@shardmux/core';
import type { Channel, Codec, CommandSpec, Failure } from '@shardmux/plugin-api';
import { Mute } from './mute.js';
import { Output } from './output.js';
import { ReplyOrder } from './reply-order.js';

/** Stands for a command that was answered here, while it waits for its turn. */
const LOCAL: CommandSpec = { name: 'local', readonly: true };
/** Likewise what no command asked for. */
const PUSH: CommandSpec = { name: 'push', readonly: true };

/** Has replies flushed at the end of the turn. */
export interface Flusher {
  scheduleFlush(): void;
}

/**
 * What one client is answered, in the order of its commands.
 *
 *   expect ──► server … reply ──► its turn? ──► output ──► flush
 *   answered here ──────────────────┘ └─ no: held until all before it are out
 */
export class Replies implements RequestOwner {
  /** What is expected just now is to have no reply. */
  isMuted = false;
  readonly #engine: Engine;
  readonly #codec: Codec;
  readonly #session: Session;
  readonly #order: ReplyOrder;
  readonly #output: Output;
  readonly #flusher: Flusher;

  constructor(channel: Channel, { engine, codec }: Pool, session: Session, flusher: Flusher) {
    this.#engine = engine;
    this.#codec = codec;
    this.#session = session;
    this.#order = new ReplyOrder(engine);
    this.#output = new Output(channel, engine.arena);
    this.#flusher = flusher;
  }

  /** How many the client is owed. */
  get owed(): number {
    return this.#order.depth;
  }

  /** Bytes of replies that came before their turn. */
  get heldBytes(): number {
    return this.#order.heldBytes;
  }

  /** Bytes that the client has not taken. */
  get unsentBytes(): number {
    return this.#output.unsentBytes;
  }

  /** A request whose reply is the next that the client is owed; or that nobody is told of, where it is muted. */
  expect(spec: CommandSpec): Request {
    const request = this.#engine.requests.acquire(this, this.#session, spec);
    if (this.isMuted) request.owner = new Mute(this.#engine);
    else this.#order.push(request);
    return request;
  }

  /** Likewise, for a reply that is made here, later. */
  expectLocal(): Request {
    return this.expect(LOCAL);
  }

  /** Replies without asking a server. */
  answer(reply: Uint8Array): void {
    if (this.isMuted) return;
    if (this.#order.first === null) {
      this.#output.append(reply, 0, reply.length);
      this.#flusher.scheduleFlush();
      return;
    }
    this.#order.hold(this.expectLocal(), reply, 0, reply.length);
  }

  fail(request: Request, failure: Failure): void {
    const reply = this.#codec.failureReply(failure);
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
    this.#flusher.scheduleFlush();
  }

  /** A client that waits for others is owed nothing but their doing: what comes meanwhile need not wait as well. */
  push(bytes: Uint8Array, start: number, end: number): void {
    const order = this.#order;
    if (order.first === null || this.#session.isBlocked) this.#output.append(bytes, start, end);
    else order.hold(this.expect(PUSH), bytes, start, end);
    this.#flusher.scheduleFlush();
  }

  flush(): void {
    this.#output.flush();
  }

  drained(): void {
    this.#output.drained();
  }

  /** The client is gone. */
  discard(): void {
    this.#order.abandon();
    this.#output.discard();
  }
}
