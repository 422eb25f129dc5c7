import { type CommandSpec, type Failure, FailureError, type PrivateLink } from '@shardmux/plugin-api';
import { Question } from '../request/question.js';
import type { Sender } from '../request/sender.js';
import { Link } from './link.js';
import { forServer, type LinkClass } from './link-class.js';
import type { LinkObserver } from './link-observer.js';
import type { ServerNode } from './server-node.js';

const REQUEST: CommandSpec = { name: 'private', readonly: false };

/** What was asked on it is never asked again: with the connection, its state is lost. */
const NEVER_AGAIN = { maxAttempts: 0, maxRequests: Number.POSITIVE_INFINITY };

/** The longest time that a timer of Node takes, in ms. */
const MAX_DELAY = 2 ** 31 - 1;

/** Where it goes when nobody needs it. */
export interface PrivateLinkHome {
  released(link: LeasedLink): void;
  closed(link: LeasedLink): void;
}

/** A connection to one server that belongs to one session. */
export class LeasedLink implements PrivateLink, Sender, LinkObserver {
  readonly server: ServerNode;
  readonly linkClass: number;
  readonly number = 0;
  lastLostWrite = 0;
  isClosed = false;
  onMessage: PrivateLink['onMessage'] = null;
  onLeaving: PrivateLink['onLeaving'] = null;
  onRoutesChanged: PrivateLink['onRoutesChanged'] = null;
  onClosed: PrivateLink['onClosed'] = null;
  /** Told to the session that has it: it has it no longer. */
  onReturned: (() => void) | null = null;
  readonly #link: Link;
  readonly #class: LinkClass;
  readonly #home: PrivateLinkHome;

  constructor(server: ServerNode, linkClass: number, parts: LinkClass, home: PrivateLinkHome) {
    this.server = server;
    this.linkClass = linkClass;
    this.#class = parts;
    this.#home = home;
    const own = {
      ...forServer(parts, server.name),
      timeout: 0,
      reopens: false,
      offline: NEVER_AGAIN,
      redispatch: null,
    };
    this.#link = new Link(own, server.endpoint, this, server.counters);
  }

  get node(): string {
    return this.server.name;
  }

  get name(): string {
    return this.server.name;
  }

  get ordinal(): number {
    return this.server.ordinal;
  }

  get isSuspended(): boolean {
    return this.server.isSuspended;
  }

  ask(bytes: Uint8Array, replies = 1, patience = 0): Promise<Uint8Array> {
    if (this.isClosed || this.server.isHeld) return Promise.reject(new FailureError('closed'));
    const { engine, timeout } = this.#class;
    const question = new Question(engine.requests, this, REQUEST, replies);
    this.#link.send(question.request, bytes, 0, bytes.length);
    if (timeout === 0 || timeout + patience > MAX_DELAY) return question.reply;
    const timer = setTimeout(() => this.#expire(question), timeout + patience);
    return question.reply.finally(() => clearTimeout(timer));
  }

  #expire(question: Question): void {
    question.expire();
    this.timedOut();
    this.close();
  }

  release(): void {
    if (this.isClosed) return;
    if (this.#class.own !== null) {
      // What the server remembers of the session goes with it.
      this.close();
      this.#class.own.onLost();
      return;
    }
    this.onMessage = null;
    this.onLeaving = null;
    this.onRoutesChanged = null;
    this.onClosed = null;
    this.#return();
    this.#home.released(this);
  }

  #return(): void {
    this.onReturned?.();
    this.onReturned = null;
  }

  close(): void {
    if (this.isClosed) return;
    this.#gone();
    this.#link.close();
  }

  #gone(): void {
    this.isClosed = true;
    this.#return();
    this.#home.closed(this);
    this.onClosed?.();
  }

  // ─── LinkObserver ─────────────────────────────────────────────────────────

  connected(duration: number): void {
    this.server.connected(duration);
  }

  disconnected(failure: Failure, openSince: number | null, error: Error | null): void {
    if (!this.isClosed) this.#gone();
    if (openSince !== null) this.#class.own?.onLost();
    this.server.disconnected(failure, openSince, error);
  }

  answered(): void {
    this.server.answered();
  }

  timedOut(): void {
    this.server.timedOut();
  }

  unasked(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.onMessage !== null) this.onMessage(bytes, start, end);
    else if (this.#class.own !== null) this.#class.own.onMessage(bytes, start, end);
    else return false;
    return true;
  }

  // ─── Sender ───────────────────────────────────────────────────────────────

  sent(): void {}
  returned(): void {}
  wake(): void {}
}
