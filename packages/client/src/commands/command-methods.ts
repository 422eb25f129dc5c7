import { list as commandNames } from '@ioredis/commands';

/** Where the methods lead: `redis.get('a')` calls `redis[invoke]('get', ['a'], false)`. */
export const invoke = Symbol('shardmux.invoke');

export interface CommandTarget {
  /** @param buffers whether strings in the reply are to be buffers. */
  [invoke](name: string, args: unknown[], buffers: boolean): unknown;
}

/** Commands that a client handles by itself. */
const ownMethods = new Set(['quit', 'multi']);

/** Gives a prototype one method per command and its `…Buffer` twin, `call`, its older name `send_command`, and `callBuffer`. */
export function addCommandMethods(prototype: CommandTarget): void {
  for (const name of commandNames) {
    if (ownMethods.has(name) || Object.hasOwn(prototype, name)) continue;
    addMethod(prototype, name, name, false);
    addMethod(prototype, `${name}Buffer`, name, true);
  }
  addCall(prototype, 'call', false);
  addCall(prototype, 'callBuffer', true);
  addCall(prototype, 'send_command', false);
}

function addMethod(prototype: CommandTarget, method: string, name: string, buffers: boolean): void {
  define(prototype, method, function (this: CommandTarget, ...args: unknown[]) {
    return this[invoke](name, args, buffers);
  });
}

/** Any command, known or not: `call('get', 'a')`. */
function addCall(prototype: CommandTarget, method: string, buffers: boolean): void {
  define(prototype, method, function (this: CommandTarget, name: unknown, ...args: unknown[]) {
    return this[invoke](String(name).toLowerCase(), args, buffers);
  });
}

export function define(target: object, name: string, value: (...args: never[]) => unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}
