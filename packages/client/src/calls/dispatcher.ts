import type {
  Engine,
  Flushable,
  Link,
  Pool,
  Request,
  RouteTable,
  ServerNode,
  Session,
  SessionOwner,
} from '@shardmux/core';
import {
  type Answer,
  type Argument,
  type CommandSpec,
  type Conversation,
  type ConversationClient,
  type DecodedCommand,
  type DecoderLimits,
  type Failure,
  Handling,
  type KeyRanges,
  ReplyError,
  type ReplyReader,
  type Run,
} from '@shardmux/plugin-api';
import { ClientError, closedError, failureError } from '../errors.js';
import type { Listener } from '../listening/listener.js';
import type { Call, Command } from './call.js';
import { CommandWriter } from './command-writer.js';
import { FullLinks } from './full-links.js';
import { prefixKeys } from './key-prefix.js';
import type { Outlet, Refusal, RunCall } from './outlet.js';
import { Outstanding } from './outstanding.js';

/** What would end the transaction that it stands in, or open another. */
const ENDS_TRANSACTION = new Set(['multi', 'exec', 'discard', 'quit', 'reset']);

const TRANSACTION: CommandSpec = { name: 'multi', readonly: false };
const PLAIN = { buffers: false, stringNumbers: false };
const NO_ARGUMENTS: readonly Argument[] = [];

export interface DispatcherOptions {
  readonly limits: DecoderLimits;
  readonly connectionName: string;
  readonly keyPrefix: string;
  /** How many calls may wait unsent, for whatever reason. */
  readonly maxQueuedCommands: number;
  /** As the client's option; what errors say. */
  readonly maxRetries: number;
  readonly listener: Listener;
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
export class Dispatcher implements ConversationClient, Outlet, SessionOwner, Flushable {
  readonly isSerial = false;
  readonly remote = 'in-process';
  readonly local = 'in-process';
  readonly idle = 0;
  readonly mayWait = false;
  readonly lastCommand = null;
  readonly reader: ReplyReader;
  /** Is told of the lines that servers send to those who monitor. */
  onLine: ((line: string) => void) | null = null;
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
  readonly #since: number;

  constructor(pool: Pool, options: DispatcherOptions) {
    const { engine, codec } = pool;
    this.#engine = engine;
    this.#pool = pool;
    this.#options = options;
    this.#since = engine.turn.now;
    this.#session = pool.openSession(this);
    this.#conversation = codec
      .createRealm({
        password: null,
        deny: [],
        maxRunBytes: Number.POSITIVE_INFINITY,
        channels: pool.channels,
        learns: true,
      })
      .createConversation(this);
    this.#writer = new CommandWriter(engine.arena, codec, this.#conversation, options.limits);
    this.reader = codec.createReader();
    if (options.connectionName !== '') this.#say('client', ['SETNAME', options.connectionName]);
  }

  get hears(): boolean {
    return this.onLine !== null;
  }

  get age(): number {
    return this.#engine.turn.now - this.#since;
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
    this.#options.listener.leave();
    this.#conversation.end();
    this.#session.end();
    this.#writer.dispose();
  }

  connectionFor(keys: KeyRanges): object | null {
    return this.#session.connectionFor(keys);
  }

  push(bytes: Uint8Array, start: number, end: number): void {
    const line = this.onLine === null ? null : this.reader.read(bytes, start, end, PLAIN);
    if (typeof line === 'string') this.onLine?.(line);
  }

  /** Closing destroys what it lets go of. */
  destroy(): void {
    if (!this.#isClosing) this.#options.onDestroyed();
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
    const change = isListening ? this.#options.listener.changeBy(decoder, call) : null;
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
    this.#sendWritten(node, this.#requestOf(call, this.#writer.decoder.spec));
  }

  sendTransaction(call: RunCall, commands: readonly Command[]): void {
    if (this.#conversation.intercepts) {
      call.finish(new ClientError('SHARDMUX_UNSUPPORTED', 'Another transaction is open: exec() it first'));
      return;
    }
    const refusals: Refusal[] = [];
    this.#say('multi', NO_ARGUMENTS);
    commands.forEach(({ name, args }, command) => {
      const error = this.#gather(name, this.#prefixed(name, args));
      if (error !== null) refusals.push({ command, error });
    });
    const end = this.#say(refusals.length === 0 ? 'exec' : 'discard', NO_ARGUMENTS);
    if (refusals.length > 0) call.refused(refusals);
    if (end === null || end instanceof Uint8Array) return;
    if (end.kind === 'errand') this.#session.run(this.#requestOf(call, end.spec), end);
    else if (end.kind === 'run' && !this.#holdsRun(end, call, commands))
      this.#session.dispatchRun(this.#requestOf(call, TRANSACTION), end);
  }

  /** Why a command has no place in the transaction; `null` where it is in it. */
  #gather(name: string, args: readonly Argument[]): Error | null {
    if (ENDS_TRANSACTION.has(name))
      return new ReplyError(`ERR ${name.toUpperCase()} is not allowed in a transaction`);
    const reply = this.#say(name, args) as Uint8Array;
    const value = this.reader.read(reply, 0, reply.length, PLAIN);
    return value instanceof Error ? value : null;
  }

  /** Passes a command to the conversation, whatever its handling. */
  #say(name: string, args: readonly Argument[]): Answer {
    const writer = this.#writer;
    writer.open(writer.bound(name, args));
    const answer = writer.append(name, args) ?? this.#conversation.answer(writer.decoder);
    writer.close();
    return answer;
  }

  #holdsRun(run: Run, call: RunCall, commands: readonly Command[]): boolean {
    const { table } = this.#pool;
    const owner = table === null || run.keyCount === 0 ? -1 : table.locateAll(run);
    return (
      owner >= 0 &&
      this.#holds((table as RouteTable<ServerNode>).nodes[owner], call, () =>
        this.sendTransaction(call, commands),
      )
    );
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
