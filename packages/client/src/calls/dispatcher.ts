import type { Flushable, Link, Pool, Request, ServerNode, Session, SessionOwner } from '@shardmux/core';
import {
  type Argument,
  type CommandSpec,
  type Conversation,
  type DecodedCommand,
  type Errand,
  type Failure,
  Handling,
  type KeyRanges,
  type ReplyReader,
} from '@shardmux/plugin-api';
import { ClientError, closedError, failureError } from '../errors.js';
import type { Call } from './call.js';
import type { Command } from './command.js';
import type { CommandWriter } from './command-writer.js';
import { FullLinks } from './full-links.js';
import type { Outlet, RunCall } from './outlet.js';
import { Outstanding } from './outstanding.js';
import { OwnConversation, type OwnConversationOptions } from './own-conversation.js';

const TRANSACTION: CommandSpec = { name: 'multi', readonly: false };

/** What a client has subscribed to. */
export interface OwnSubscriptions {
  /** What serves a command that changes them; `null` for any other. The command's bytes may go. */
  changeBy(command: DecodedCommand, call: Call): Errand | null;
  leave(): void;
}

export interface DispatcherOptions extends OwnConversationOptions {
  /** How many calls may wait unsent, for whatever reason. */
  readonly maxQueuedCommands: number;
  /** As the client's option; what errors say. */
  readonly maxRetries: number;
  readonly subscriptions: OwnSubscriptions;
  /** The conversation is to end, and nobody asked for it. */
  readonly onDestroyed: () => void;
}

/**
 * Sends a client's calls, in their order.
 *
 *   submit ──► write ──► decode (spec, keys) ──► session.dispatch ──► link … reply ──► call
 *     │                                    └──► held while its server's link is full ──┐
 *     └──► waits while the pool has no routes, or routes change ──(wake)───────────────┘
 */
export class Dispatcher implements Outlet<Call>, SessionOwner, Flushable {
  readonly isSerial = false;
  readonly reader: ReplyReader;
  readonly own: OwnConversation;
  readonly #outstanding = new Outstanding();
  readonly #fullLinks = new FullLinks(() => this.wake());
  readonly #pool: Pool;
  readonly #session: Session;
  readonly #conversation: Conversation;
  readonly #writer: CommandWriter;
  readonly #options: DispatcherOptions;
  #isOpen = false;
  #isClosing = false;
  #scheduled = false;
  #onIdle: (() => void) | null = null;
  #closedBy: Error | null = null;

  constructor(pool: Pool, options: DispatcherOptions) {
    this.#pool = pool;
    this.#options = options;
    this.#session = pool.openSession(this);
    // Closing destroys what it lets go of.
    this.own = new OwnConversation(pool, this.#session, options, () => {
      if (!this.#isClosing) options.onDestroyed();
    });
    this.#conversation = this.own.conversation;
    this.#writer = this.own.writer;
    this.reader = this.own.reader;
  }

  /** How many calls are not done. */
  get size(): number {
    return this.#outstanding.size;
  }

  /** There are routes: from here on calls are sent. */
  open(): void {
    this.#isOpen = true;
    this.wake();
  }

  submit(call: Call): void {
    if (this.#isClosing) {
      call.finish(closedError(this.#closedBy));
      return;
    }
    const outstanding = this.#outstanding;
    call.enter(this, this.#pool.engine.turn.now);
    if (call.route !== null && this.#isWatched) call.keepContext();
    outstanding.push(call);
    if (this.#isOpen && outstanding.waiting === 0 && this.#session.isReady) call.send(this);
    else if (this.#mayWait(call)) outstanding.wait(call);
  }

  /** Whether there is room for one more call that is not sent; if not, the call is over. */
  #mayWait(call: Call): boolean {
    const waiting = this.#outstanding.waiting + this.#fullLinks.count + this.#pool.waiting;
    const mayWait = waiting < this.#options.maxQueuedCommands;
    if (!mayWait) call.finish(this.errorOf('overflow', 0));
    else if (this.#isWatched) call.keepContext();
    return mayWait;
  }

  get #isWatched(): boolean {
    return this.#pool.operations !== null;
  }

  wake(): void {
    if (this.#scheduled || (this.#outstanding.waiting === 0 && !this.#fullLinks.any)) return;
    this.#scheduled = true;
    this.#pool.engine.turn.schedule(this);
  }

  flush(): void {
    this.#scheduled = false;
    const outstanding = this.#outstanding;
    this.#fullLinks.release(this.#maySend);
    while (outstanding.firstWaiting !== null && this.#maySend()) {
      const call = outstanding.shiftWaiting();
      call.within(() => call.send(this));
    }
  }

  readonly #maySend = (): boolean => this.#isOpen && this.#session.isReady;

  /** Calls for one shard never wait for another. */
  full(link: Link, shard: ServerNode): void {
    this.#fullLinks.add(link, shard);
  }

  /** Ends every call that has waited for `timeout` ms. */
  expire(timeout: number): void {
    const deadline = this.#pool.engine.turn.now - timeout;
    for (let call = this.#outstanding.oldest; call !== null && call.since <= deadline; ) {
      const { next } = call;
      if (!call.blocks) call.finish(this.errorOf('timeout', 0));
      call = next;
    }
  }

  /** Takes no more calls; resolves when those under way are done. */
  drain(): Promise<void> {
    this.#isClosing = true;
    return new Promise((resolve) => {
      this.#onIdle = () => process.nextTick(resolve);
    });
  }

  /** Takes no more calls; those under way are rejected. To be called once. @param cause as `closedError` has it. */
  close(cause: Error | null): void {
    this.#isClosing = true;
    this.#isOpen = false;
    this.#closedBy = cause;
    while (this.#outstanding.oldest !== null) this.#outstanding.oldest.finish(closedError(cause));
    this.#fullLinks.clear();
    this.#options.subscriptions.leave();
    this.own.end();
    this.#session.end();
  }

  leave(call: Call): void {
    this.#outstanding.remove(call);
    if (this.#outstanding.size === 0) this.#onIdle?.();
  }

  errorOf(failure: Failure, attempts: number, extent = ''): ClientError {
    const detail = failure === 'misrouted' ? `: ${this.#pool.plugins}` : extent;
    return failureError(failure, attempts, this.#options.maxRetries, detail);
  }

  release(request: Request): void {
    this.#pool.engine.requests.release(request);
  }

  // ─── Outlet ───────────────────────────────────────────────────────────────

  sendCommand(call: Call, name: string, args: readonly Argument[]): void {
    const writer = this.#writer;
    if (!this.#write(call, name, args)) return;
    const { decoder } = writer;
    const { handling } = decoder;
    const isForwarded = handling !== Handling.local && handling !== Handling.reject;
    if (!isForwarded || this.#conversation.intercepts) this.#converse(call, name, args);
    else this.#dispatch(call, name, args);
    writer.close();
  }

  #dispatch(call: Call, name: string, args: readonly Argument[]): void {
    const { decoder } = this.#writer;
    if (this.#fullLinks.any && this.#meetsFullLink(call, decoder, name, args)) return;
    this.#session.dispatch(this.#requestOf(call, decoder.spec), decoder);
  }

  #converse(call: Call, name: string, args: readonly Argument[]): void {
    const conversation = this.#conversation;
    const { decoder } = this.#writer;
    // What it is answered holds for the moment that it is sent in.
    if (!conversation.intercepts && this.#fullLinks.any && this.#meetsFullLink(call, decoder, name, args))
      return;
    const isListening = decoder.handling === Handling.local && !conversation.intercepts;
    const change = isListening ? this.#options.subscriptions.changeBy(decoder, call) : null;
    const answer = change ?? conversation.answer(decoder);
    this.#session.useLinks(conversation.links);
    if (answer === null) {
      this.#dispatch(call, name, args);
    } else if (answer instanceof Uint8Array) {
      call.answerLocally(answer);
    } else if (answer.kind === 'run') {
      this.#session.dispatchRun(this.#requestOf(call, answer.spec), answer);
    } else if (answer.kind === 'errand') {
      call.blocks = answer.blocks;
      this.#session.run(this.#requestOf(call, answer.spec), answer);
    }
  }

  sendToNode(call: Call, node: ServerNode, name: string, args: readonly Argument[]): void {
    if (this.#holds(node, call, () => this.sendToNode(call, node, name, args))) return;
    if (!this.#write(call, name, args)) return;
    const writer = this.#writer;
    const request = this.#requestOf(call, writer.decoder.spec);
    this.#session.dispatchTo(node, request, writer.bytes, writer.start, writer.end);
    writer.close();
  }

  sendTransaction(call: Call & RunCall, commands: readonly Command[]): void {
    if (this.#conversation.intercepts) {
      call.finish(new ClientError('SHARDMUX_UNSUPPORTED', 'Another transaction is open: exec() it first'));
      return;
    }
    const { answer, refusals } = this.own.gather(commands);
    if (refusals.length > 0) call.refused(refusals);
    if (answer === null || answer instanceof Uint8Array) return;
    if (answer.kind === 'errand') this.#session.run(this.#requestOf(call, answer.spec), answer);
    if (answer.kind !== 'run') return;
    const owner = this.#nodeOf(answer);
    if (owner !== null && this.#holds(owner, call, () => this.sendTransaction(call, commands))) return;
    this.#session.dispatchRun(this.#requestOf(call, TRANSACTION), answer);
  }

  ownerOf(name: string, args: readonly Argument[]): ServerNode | null {
    const writer = this.#writer;
    if (writer.write(name, args) !== null) return null;
    const owner = this.#nodeOf(writer.decoder);
    writer.close();
    return owner;
  }

  /** `null`: there are no keys, or they have no one owner. */
  #nodeOf(keys: KeyRanges): ServerNode | null {
    const { table } = this.#pool;
    return table === null || keys.keyCount === 0 ? null : (table.nodes[table.locateAll(keys)] ?? null);
  }

  /** Whether a command is not to be sent now: its server has more to do than it may have. */
  #meetsFullLink(call: Call, command: DecodedCommand, name: string, args: readonly Argument[]): boolean {
    const owner = this.#nodeOf(command);
    if (owner !== null) return this.#holds(owner, call, () => this.sendCommand(call, name, args));
    const { table } = this.#pool;
    const isRefused =
      table !== null && command.handling === Handling.split && this.#fullLinks.meets(command, table);
    // Were it held, calls behind it would overtake it at its other servers.
    if (isRefused) call.finish(this.errorOf('overflow', 0));
    return isRefused;
  }

  /** Keeps a call whose server's link is full. True: it is kept, or over. */
  #holds(node: ServerNode, call: Call, send: () => void): boolean {
    if (!this.#fullLinks.has(node)) return false;
    if (this.#mayWait(call)) this.#fullLinks.hold(node, { call, send });
    return true;
  }

  /** Writes a command and stands the decoder on it; false where it breaks a limit, and the call is over. */
  #write(call: Call, name: string, args: readonly Argument[]): boolean {
    const refusal = this.#writer.write(name, args);
    if (refusal !== null) call.answerLocally(refusal);
    return refusal === null;
  }

  #requestOf(call: Call, spec: CommandSpec): Request {
    const request = this.#pool.engine.requests.acquire(call, this.#session, spec);
    request.queuedAt = call.since;
    request.batch = call.batch;
    return request;
  }
}
