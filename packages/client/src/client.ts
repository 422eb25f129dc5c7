import { EventEmitter } from 'node:events';
import type { Argument, ReadOptions } from '@shardmux/plugin-api';
import type { ChainableCommander, RedisCommander } from 'ioredis';
import { Batch, type BatchOwner } from './batches/batch.js';
import { TransactionCall } from './batches/transaction-call.js';
import { abortWith } from './calls/abort.js';
import { type BatchedCall, type BatchResult, submitTogether, toResult } from './calls/batched-call.js';
import { callBack, tell } from './calls/call-back.js';
import { Dispatcher } from './calls/dispatcher.js';
import { PromiseCall, quiet } from './calls/promise-call.js';
import { NodeRoute } from './calls/route.js';
import { callOptionRules, checkOptions, clientOptionRules, duplicateOptionRules } from './check-options.js';
import {
  type CallOptions,
  type ClientOptions,
  type DuplicateOptions,
  withDefaults,
} from './client-options.js';
import { type NodeCallback, takeCallback, toArguments } from './commands/arguments.js';
import { CallScope } from './commands/call-scope.js';
import { addCommandMethods, type CommandTarget, invoke } from './commands/command-methods.js';
import { ClientConnection } from './connection/client-connection.js';
import type { ClientStatus, Lifecycle } from './connection/lifecycle.js';
import { type ClientParts, SharedPool } from './connection/shared-pool.js';
import { Listener } from './listening/listener.js';
import { readMonitorLine } from './listening/monitor-line.js';
import { addScanMethods, pagesOfServers, type ScanMethods } from './scans/scan-methods.js';
import type { ScanPage } from './scans/scan-stream.js';
import { Script, type ScriptDefinition } from './scripts/script.js';
import { addScriptMethods } from './scripts/script-methods.js';
import { ScriptRoute } from './scripts/script-route.js';

/**
 * Many servers as one Redis, inside the application's process, with the habits of ioredis.
 *
 *   get('a') ──► PromiseCall ──► Dispatcher ──► session ──► link … reply ──► promise
 *
 * Commands of one turn of the event loop leave together, one write per server: pipelining needs no option.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: its commands are added to the prototype below
export class Client extends EventEmitter implements CommandTarget, BatchOwner {
  readonly scripts = new Map<string, Script>();
  readonly #options: ClientOptions;
  readonly #shared: SharedPool;
  readonly #dispatcher: Dispatcher;
  readonly #connection: ClientConnection;
  readonly #lifecycle: Lifecycle;
  readonly #plain: ReadOptions;
  readonly #binary: ReadOptions;

  constructor(from: ClientParts | SharedPool, options: ClientOptions = {}) {
    super();
    checkOptions('client', options, clientOptionRules);
    const { connectionName, keyPrefix, stringNumbers, maxQueuedCommands, lazyConnect, ...waiting } =
      withDefaults(options);
    const maxRetries = waiting.maxRetriesPerRequest ?? Number.POSITIVE_INFINITY;
    const queues = waiting.enableOfflineQueue;
    const offline = { maxAttempts: maxRetries, maxRequests: maxQueuedCommands };
    this.#options = options;
    this.#shared = from instanceof SharedPool ? from : new SharedPool(from, queues ? offline : null);
    this.#shared.hold();
    this.#plain = { buffers: false, stringNumbers };
    this.#binary = { buffers: true, stringNumbers };
    const { pool } = this.#shared;
    this.#dispatcher = new Dispatcher(pool, {
      limits: this.#shared.parts.limits,
      connectionName,
      keyPrefix,
      maxQueuedCommands,
      maxRetries: queues ? maxRetries : 0,
      subscriptions: new Listener(this, pool.codec.createReader()),
      onDestroyed: () => this.disconnect(),
    });
    const timeout = options.commandTimeout ?? this.#shared.parts.pool.timeout;
    this.#connection = new ClientConnection(this.#shared, this.#dispatcher, timeout, (event, args) =>
      this.#tell(event, args),
    );
    this.#lifecycle = this.#connection.lifecycle;
    for (const [name, script] of Object.entries(options.scripts ?? {})) this.defineCommand(name, script);
    if (!lazyConnect) this.connect();
  }

  get status(): ClientStatus {
    return this.#lifecycle.status;
  }

  get options(): ClientOptions {
    return this.#options;
  }

  // ─── life ─────────────────────────────────────────────────────────────────

  /** Resolves when every server was tried, and one at least is there; rejects when the client ends before. */
  connect(callback?: NodeCallback<void>): Promise<void> {
    const connected = quiet(this.#connection.open());
    callBack(connected, callback);
    return connected;
  }

  /** Takes no more calls, answers those that are under way, then lets go of the servers. */
  quit(callback?: NodeCallback<'OK'>): Promise<'OK'> {
    const quitting = this.#connection.quit();
    callBack(quitting, callback);
    return quitting;
  }

  /** Lets go of the servers at once; calls under way are rejected. */
  disconnect(): void {
    void this.#connection.end(null);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.status !== 'end') await this.quit();
    await this.#connection.end(null);
  }

  /** An error that nobody listens for does not end the process. */
  #tell(event: string, args: readonly unknown[]): void {
    if (event !== 'error' || this.listenerCount('error') > 0) this.emit(event, ...args);
  }

  /** Another client of the same servers and connections, with its own calls and its own end. */
  duplicate(override: DuplicateOptions = {}): Client {
    checkOptions('duplicate', override, duplicateOptionRules);
    return new Client(this.#shared, { ...this.#options, ...override });
  }

  /**
   * Resolves with a client that emits `monitor` (time, args, source, database) for each command that a server runs,
   * whichever it is. It ends when it is disconnected, and when a server is lost.
   */
  monitor(callback?: NodeCallback<Client>): Promise<Client> {
    const monitoring = quiet(this.duplicate({ lazyConnect: false }).#monitor());
    if (callback !== undefined) callBack(monitoring, callback);
    return monitoring;
  }

  async #monitor(): Promise<this> {
    this.#dispatcher.own.onLine = (line) => tell(() => this.emit('monitor', ...readMonitorLine(line)));
    try {
      await this[invoke]('monitor', [], false);
    } catch (error) {
      this.disconnect();
      throw error;
    }
    return this;
  }

  // ─── calls ────────────────────────────────────────────────────────────────

  [invoke](name: string, args: unknown[], buffers: boolean): Promise<unknown> {
    const callback = takeCallback(args);
    const call = new PromiseCall(name, toArguments(name, args), buffers ? this.#binary : this.#plain);
    return this.#submit(call, callback);
  }

  #submit(call: PromiseCall, callback: NodeCallback | undefined): Promise<unknown> {
    if (!call.isDone) {
      this.#wake();
      this.#dispatcher.submit(call);
    }
    callBack(call.promise, callback);
    return call.promise;
  }

  /** The first call of a lazy client connects it. */
  #wake(): void {
    if (this.status === 'wait') this.connect();
  }

  /** The same client, with something to say of each call that is made through it. */
  with(options: CallOptions): RedisCommander<{ type: 'default' }> {
    checkOptions('with', options, callOptionRules);
    const { signal } = options;
    return new CallScope((name, args, buffers) => {
      const callback = takeCallback(args);
      const call = new PromiseCall(name, toArguments(name, args), this.readOptions(buffers));
      if (signal !== undefined) abortWith(signal, call);
      return this.#submit(call, callback);
    });
  }

  pipeline(commands?: unknown[][]): ChainableCommander {
    return new Batch(this, commands);
  }

  /**
   * A transaction: all keys of its commands must lie on one server. With `{ pipeline: false }` every call of the client
   * up to `exec` is part of it.
   */
  multi(options: { readonly pipeline: false }): Promise<'OK'>;
  multi(commands?: unknown[][] | { readonly pipeline: true }): ChainableCommander;
  multi(commands?: unknown[][] | { readonly pipeline: boolean }): ChainableCommander | Promise<'OK'> {
    if (commands !== undefined && !Array.isArray(commands) && !commands.pipeline)
      return this[invoke]('multi', [], false) as Promise<'OK'>;
    const { scripts } = this;
    return new Batch(
      { scripts, readOptions: (buffers) => this.readOptions(buffers), run: (calls) => this.#transact(calls) },
      Array.isArray(commands) ? commands : [],
    );
  }

  /** Ends the transaction that `multi({ pipeline: false })` began; resolves with the result of each call, or `null`. */
  exec(callback?: NodeCallback<BatchResult[] | null>): Promise<BatchResult[] | null> {
    const replies = this[invoke]('exec', [], false) as Promise<unknown[] | null>;
    const results = quiet(replies.then((all) => all?.map(toResult) ?? null));
    callBack(results, callback);
    return results;
  }

  readOptions(buffers: boolean): ReadOptions {
    return buffers ? this.#binary : this.#plain;
  }

  async run(calls: readonly BatchedCall[]): Promise<BatchResult[]> {
    this.#wake();
    const end = this.#beginBatch('pipeline', calls, calls.length);
    const results = await submitTogether(calls, this.#dispatcher);
    end();
    return results;
  }

  async #transact(calls: readonly BatchedCall[]): Promise<BatchResult[] | null> {
    const call = new TransactionCall(calls);
    const end = this.#beginBatch('multi', [call], calls.length);
    try {
      return (await this.#submit(call, undefined)) as BatchResult[] | null;
    } finally {
      end();
    }
  }

  /** Marks the calls as one batch, for those who watch. Returns what ends it. */
  #beginBatch(name: string, calls: readonly { batch: unknown }[], size: number): () => void {
    const { operations } = this.#shared.pool;
    if (operations === null) return () => {};
    const mark = operations.started({ kind: 'batch', name, size }, null);
    for (const call of calls) call.batch = mark;
    return () => operations.ended(mark, { node: null, failure: null, errorCode: null });
  }

  /** Makes a command of a Lua script. Each server gets the script when it first needs it, and after it lost it. */
  defineCommand(name: string, definition: ScriptDefinition): void {
    checkOptions(
      'defineCommand',
      { scripts: { [name]: definition } },
      { scripts: clientOptionRules.scripts },
    );
    const script = new Script(definition);
    this.scripts.set(name, script);
    addScriptMethods(this, name, script, (args, callback, buffers) => {
      const call = new PromiseCall(name, args, this.readOptions(buffers));
      call.route = new ScriptRoute(script);
      return this.#submit(call, callback);
    });
  }

  async [pagesOfServers](args: readonly Argument[], buffers: boolean): Promise<ScanPage[]> {
    this.#wake();
    await this.#shared.start();
    return this.#shared.pool.nodes.map((node) => (cursor) => {
      const call = new PromiseCall('scan', [cursor, ...args], this.readOptions(buffers));
      call.route = new NodeRoute(node);
      return this.#submit(call, undefined) as ReturnType<ScanPage>;
    });
  }
}

export interface Client extends RedisCommander<{ type: 'default' }>, ScanMethods {}

addCommandMethods(Client.prototype);
addScanMethods(Client.prototype);
