import type { RedisCommander } from 'ioredis';
import { addCommandMethods, type CommandTarget, invoke } from './command-methods.js';

/** A client's commands, and nothing else of it. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: its methods are added to the prototype below
export class CallScope implements CommandTarget {
  readonly [invoke]: CommandTarget[typeof invoke];

  /** @param call what a method leads to. */
  constructor(call: CommandTarget[typeof invoke]) {
    this[invoke] = call;
  }
}

export interface CallScope extends RedisCommander<{ type: 'default' }> {}

addCommandMethods(CallScope.prototype);
