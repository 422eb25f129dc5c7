import type { ServerNode } from '@shardmux/core';
import type { ReadOptions } from '@shardmux/plugin-api';
import type { ChainableCommander } from 'ioredis';
import { BatchedCall, type BatchResult } from '../calls/batched-call.js';
import { callBack } from '../calls/call-back.js';
import { quiet } from '../calls/promise-call.js';
import { type NodeCallback, takeCallback, toArguments } from '../commands/arguments.js';
import { addCommandMethods, type CommandTarget, invoke } from '../commands/command-methods.js';
import { ClientError } from '../errors.js';
import type { Script } from '../scripts/script.js';
import { addScriptMethods } from '../scripts/script-methods.js';
import { ScriptRoute } from '../scripts/script-route.js';

/** Methods of a batch that are no commands of one; those of all objects are none either. */
const NO_COMMANDS = new Set(['addBatch', 'exec', 'multi', ...Object.getOwnPropertyNames(Object.prototype)]);

/** What a batch needs of its client. */
export interface BatchOwner {
  readonly scripts: ReadonlyMap<string, Script>;
  readOptions(buffers: boolean): ReadOptions;
  /** Sends the calls and resolves with their results. */
  run(calls: readonly BatchedCall[]): Promise<BatchResult[] | null>;
}

/**
 * Commands that are gathered first and sent together.
 *
 *   get().set()… ──► gathered ──exec──► sent ──► [[error, result], …]
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: its methods are added to the prototype below
export class Batch implements CommandTarget {
  readonly #owner: BatchOwner;
  readonly #calls: BatchedCall[] = [];
  #isSent = false;

  constructor(owner: BatchOwner, commands: readonly unknown[][] = []) {
    this.#owner = owner;
    for (const [name, script] of owner.scripts) this.#addScript(name, script);
    this.addBatch(commands);
  }

  /** Commands as lists of their name, or that of their method, and their arguments. */
  addBatch(commands: readonly unknown[][]): this {
    for (const [name, ...args] of commands) {
      const method: unknown = NO_COMMANDS.has(String(name)) ? undefined : Reflect.get(this, String(name));
      if (typeof method === 'function') method.apply(this, args);
      else this[invoke](String(name).toLowerCase(), args, false);
    }
    return this;
  }

  get length(): number {
    return this.#calls.length;
  }

  [invoke](name: string, args: unknown[], buffers: boolean): this {
    const callback = takeCallback(args);
    this.#add(new BatchedCall(name, toArguments(name, args), this.#owner.readOptions(buffers), callback));
    return this;
  }

  /** Within a pipeline it would open a transaction in ioredis. */
  multi(): never {
    const message =
      'A pipeline or a transaction cannot open a transaction: gather it with multi() of the client';
    throw new ClientError('SHARDMUX_UNSUPPORTED', message);
  }

  exec(callback?: NodeCallback<BatchResult[] | null>): Promise<BatchResult[] | null> {
    const results = quiet(
      this.#isSent
        ? Promise.reject(new ClientError('SHARDMUX_UNSUPPORTED', 'The batch was sent already: make another'))
        : this.#owner.run(this.#calls),
    );
    this.#isSent = true;
    callBack(results, callback);
    return results;
  }

  #add(call: BatchedCall): void {
    if (this.#isSent)
      throw new ClientError('SHARDMUX_UNSUPPORTED', 'The batch was sent already: make another');
    this.#calls.push(call);
  }

  #addScript(name: string, script: Script): void {
    const loadedOn = new WeakSet<ServerNode>();
    addScriptMethods(this, name, script, (args, callback, buffers) => {
      const call = new BatchedCall(name, args, this.#owner.readOptions(buffers), callback);
      call.route = new ScriptRoute(script, loadedOn);
      this.#add(call);
      return this;
    });
  }
}

export interface Batch extends Omit<ChainableCommander, 'addBatch' | 'exec' | 'length' | 'multi'> {}

addCommandMethods(Batch.prototype);
