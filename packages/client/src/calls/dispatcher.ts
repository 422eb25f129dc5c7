import type {
  Engine,
  Flushable,
  Link,
  Pool,
  Request,
  ServerNode,
  Session,
  SessionOwner,
} from '@shardmux/core';
import {
  type Argument,
  type CommandSpec,
  type Conversation,
  type ConversationClient,
  type DecodedCommand,
  type DecoderLimits,
  type Failure,
  Handling,
  ReplyError,
  type ReplyReader,
} from '@shardmux/plugin-api';
import { ClientError, closedError, failureError } from '../errors.js';
import type { Call, Command } from './call.js';
import { CommandWriter } from './command-writer.js';
import { FullLinks } from './full-links.js';
import { prefixKeys } from './key-prefix.js';
import type { Outlet, Refusal, RunCall } from './outlet.js';
import { Outstanding } from './outstanding.js';

const TRANSACTION: CommandSpec = { name: 'multi', readonly: false };
const PLAIN = { buffers: false, stringNumbers: false };
const NO_ARGUMENTS: readonly Argument[] = [];

export interface DispatcherOptions {
  readonly limits: DecoderLimits;
  readonly keyPrefix: string;
  /** How many calls may wait unsent, for whatever reason. */
  readonly maxQueuedCommands: number;
  /** As the client's option; what errors say. */
  readonly maxRetries: number;
}

/**
 * Sends a client's calls, in their order.
 *
 *   submit ──► write ──► decode (spec, keys) ──► session.dispatch ──► link … reply ──► call
 *     │                                    └──► held while its server's link is full ──┐
 *     └──► waits while the pool has no routes, or routes change ──(wake)───────────────┘
 */
export class Dispatcher implements ConversationClient, Outlet, SessionOwner, Flushable {
  readonly isSerial = false;
  readonly remote = 'in-process';
  readonly reader: ReplyReader;
  readonly #outstanding = new Outstanding();
  readonly #fullLinks = new FullLinks(() => this.wake());
  readonly #engine: Engine;
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
    const { engine, codec } = pool;
    this.#engine = engine;
    this.#pool = pool;
    this.#options = options;
    this.#session = pool.openSession(this);
    this.#conversation = codec.createRealm({ password: null }).createConversation(this);
    this.#writer = new CommandWriter(engine.arena, codec, this.#conversation, options.limits);
    this.reader = codec.createReader();
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
    call.enter(this, this.#engine.turn.now);
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
    this.#engine.turn.schedule(this);
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

  /** Calls for one server never wait for another. */
  full(link: Link): void {
    this.#fullLinks.add(link);
  }

  /** Ends every call that has waited for `timeout` ms. */
  expire(timeout: number): void {
    const deadline = this.#engine.turn.now - timeout;
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
    this.#session.end();
    this.#conversation.end();
    this.#writer.dispose();
  }

  push(): void {}

  destroy(): void {
    this.close(null);
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
    this.#engine.requests.release(request);
  }

  // ─── Outlet ───────────────────────────────────────────────────────────────

  sendCommand(call: Call, name: string, args: readonly Argument[]): void {
    const writer = this.#writer;
    if (!this.#write(call, name, args)) return;
    const { decoder } = writer;
    const { handling } = decoder;
    if (handling === Handling.local || handling === Handling.reject) this.#converse(call, name, args);
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
    const answer = conversation.answer(this.#writer.decoder);
    this.#session.useLinks(conversation.links);
    if (answer === null) {
      this.#dispatch(call, name, args);
    } else if (answer instanceof Uint8Array) {
      call.answerLocally(answer);
    } else if (answer.kind === 'errand') {
      call.blocks = answer.blocks;
      this.#session.run(this.#requestOf(call, answer.spec), answer);
    }
  }

  sendToNode(call: Call, node: ServerNode, name: string, args: readonly Argument[]): void {
    if (this.#holds(node, call, () => this.sendToNode(call, node, name, args))) return;
    if (!this.#write(call, name, args)) return;
    this.#sendWritten(node, this.#requestOf(call, this.#writer.decoder.spec));
  }

  sendTransaction(call: RunCall, commands: readonly Command[]): void {
    const writer = this.#writer;
    const run: Command[] = [
      { name: 'multi', args: NO_ARGUMENTS },
      ...commands.map(({ name, args }) => ({ name, args: this.#prefixed(name, args) })),
      { name: 'exec', args: NO_ARGUMENTS },
    ];
    writer.open(run.reduce((sum, { name, args }) => sum + writer.bound(name, args), 0));
    const owner = this.#writeRun(call, run);
    if (owner === null || this.#holds(owner, call, () => this.sendTransaction(call, commands))) {
      writer.close();
      return;
    }
    const request = this.#requestOf(call, TRANSACTION);
    request.replies = run.length;
    this.#sendWritten(owner, request);
  }

  /** Writes a transaction; returns the one server that it concerns, or `null` where the call was ended. */
  #writeRun(call: RunCall, run: readonly Command[]): ServerNode | null {
    const { table } = this.#pool;
    if (table === null) {
      call.finish(this.errorOf('refused', 0));
      return null;
    }
    const refusals: Refusal[] = [];
    let owner: number | null = null;
    for (let i = 0; i < run.length; i++) {
      const { name, args } = run[i];
      const malformed = this.#writer.append(name, args);
      const { decoder } = this.#writer;
      if (i === 0 || i === run.length - 1) continue;
      const error = malformed === null ? this.#refusalWithinRun(name) : this.#errorIn(malformed);
      if (error !== null) refusals.push({ command: i - 1, error });
      if (error !== null || decoder.keyCount === 0) continue;
      const node = table.locateAll(decoder);
      if (node < 0 || (owner !== null && owner !== node)) {
        call.finish(crossShardError(name));
        return null;
      }
      owner = node;
    }
    if (refusals.length === 0) return table.nodes[owner ?? 0];
    call.refused(refusals);
    return null;
  }

  /** What is answered here has no place on a connection that all share: SELECT would change it for everybody. */
  #refusalWithinRun(name: string): Error | null {
    const { decoder } = this.#writer;
    const { handling, keyCount } = decoder;
    if (handling === Handling.reject) return this.#errorIn(this.#conversation.answer(decoder) as Uint8Array);
    const isLocal = handling === Handling.local && keyCount === 0;
    if (!isLocal && handling !== Handling.allNodes) return null;
    const why = isLocal ? '' : ': it concerns every server';
    return new ReplyError(`ERR ${name.toUpperCase()} is not allowed in a transaction${why}`);
  }

  #errorIn(reply: Uint8Array): Error {
    return this.reader.read(reply, 0, reply.length, PLAIN) as ReplyError;
  }

  ownerOf(name: string, args: readonly Argument[]): ServerNode | null {
    const { table } = this.#pool;
    const writer = this.#writer;
    const own = this.#prefixed(name, args);
    writer.open(writer.bound(name, own));
    const isWhole = writer.append(name, own) === null;
    const owner =
      isWhole && table !== null && writer.decoder.keyCount > 0 ? table.locateAll(writer.decoder) : -1;
    writer.close();
    return owner < 0 || table === null ? null : table.nodes[owner];
  }

  /** Whether a command is not to be sent now: its server has more to do than it may have. */
  #meetsFullLink(call: Call, command: DecodedCommand, name: string, args: readonly Argument[]): boolean {
    const { table } = this.#pool;
    if (table === null || command.keyCount === 0) return false;
    const owner = table.locateAll(command);
    if (owner >= 0) return this.#holds(table.nodes[owner], call, () => this.sendCommand(call, name, args));
    const isRefused =
      command.handling === Handling.split && this.#fullLinks.meets(command, table, this.#session);
    // Were it held, calls behind it would overtake it at its other servers.
    if (isRefused) call.finish(this.errorOf('overflow', 0));
    return isRefused;
  }

  /** Keeps a call whose server's link is full. True: it is kept, or over. */
  #holds(node: ServerNode, call: Call, send: () => void): boolean {
    const link = node.linkOf(this.#session);
    if (!this.#fullLinks.has(link)) return false;
    if (this.#mayWait(call)) this.#fullLinks.hold(link, { call, send });
    return true;
  }

  /** Writes a command and stands the decoder on it; false where it breaks a limit, and the call is over. */
  #write(call: Call, name: string, args: readonly Argument[]): boolean {
    const writer = this.#writer;
    const own = this.#prefixed(name, args);
    writer.open(writer.bound(name, own));
    const refusal = writer.append(name, own);
    if (refusal === null) return true;
    writer.close();
    call.answerLocally(refusal);
    return false;
  }

  #prefixed(name: string, args: readonly Argument[]): readonly Argument[] {
    const { keyPrefix } = this.#options;
    if (keyPrefix === '') return args;
    const writer = this.#writer;
    writer.open(writer.bound(name, args));
    const own = writer.append(name, args) === null ? prefixKeys(writer.decoder, args, keyPrefix) : args;
    writer.close();
    return own;
  }

  #sendWritten(node: ServerNode, request: Request): void {
    const writer = this.#writer;
    this.#session.dispatchTo(node, request, writer.bytes, writer.start, writer.end);
    writer.close();
  }

  #requestOf(call: Call, spec: CommandSpec): Request {
    const request = this.#engine.requests.acquire(call, this.#session, spec);
    request.queuedAt = call.since;
    request.batch = call.batch;
    return request;
  }
}

function crossShardError(name: string): ClientError {
  const message = `Its keys must all lie on one shard, and those of ${name.toUpperCase()} do not: give them a common hash tag`;
  return new ClientError('SHARDMUX_CROSS_SHARD', `A transaction runs on one server. ${message}`);
}
