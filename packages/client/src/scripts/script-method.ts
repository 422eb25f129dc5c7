import type { Argument } from '@shardmux/plugin-api';
import { toArguments } from '../commands/arguments.js';
import type { Script } from './script.js';

/** What stands after the script in EVAL: the count of keys, the keys, the other arguments. */
export function scriptArguments(script: Script, args: unknown[]): readonly Argument[] {
  const given = toArguments('eval', args);
  return script.numberOfKeys === undefined ? given : [script.numberOfKeys, ...given];
}
