import type { Argument } from '@shardmux/plugin-api';
import { type NodeCallback, takeCallback, toArguments } from '../commands/arguments.js';
import { define } from '../commands/command-methods.js';
import type { Script } from './script.js';

/** @param buffers whether strings in the reply are to be buffers. */
type RunScript = (args: readonly Argument[], callback: NodeCallback | undefined, buffers: boolean) => unknown;

/** Makes a script a method of a client or a batch, with its `…Buffer` twin. @param run what they lead to. */
export function addScriptMethods(target: object, name: string, script: Script, run: RunScript): void {
  for (const buffers of [false, true]) {
    define(target, buffers ? `${name}Buffer` : name, (...args: unknown[]) => {
      const callback = takeCallback(args);
      return run(argumentsOf(script, args), callback, buffers);
    });
  }
}

/** What stands after the script in EVAL: the count of keys, the keys, the other arguments. */
function argumentsOf(script: Script, args: unknown[]): readonly Argument[] {
  const given = toArguments('eval', args);
  return script.numberOfKeys === undefined ? given : [script.numberOfKeys, ...given];
}
