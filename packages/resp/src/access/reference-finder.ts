import type { CommandRow, CountedKeys, KeyRange, KeySpec } from '../commands/command-row.js';
import type { Arguments } from '../commands/refusal.js';
import { integerAt } from '../commands/words.js';
import { type KeyReferences, KeyRight } from './key-references.js';
import { ownFinders, type ReferenceFinder } from './own-finders.js';

/** False where the arguments are not as they should be. */
type Step = (command: Arguments, keys: KeyReferences) => boolean;

/**
 * Finds the keys of every command that redis-server has, the ones that are not served too: of those as well it can be
 * asked whether a user may run them. `null` for a command without keys.
 */
export function referenceFinderOf({ name, keys }: CommandRow): ReferenceFinder | null {
  const own = ownFinders[name];
  if (own) return own;
  const steps = keys.filter((spec) => spec !== null).flatMap(compileStep);
  if (steps.length === 0) return null;
  return (command, found) => {
    // What is not as it should be has no keys: whoever runs the command refuses it for that.
    if (!steps.every((step) => step(command, found))) found.count = 0;
  };
}

function compileStep(spec: KeySpec): Step[] {
  if (spec.access === 'channel') return [];
  const right = KeyRight[spec.access];
  return ['countAt' in spec ? countedKeys(spec, right) : keyRange(spec, right)];
}

function keyRange({ first, last, step }: KeyRange, right: KeyRight): Step {
  return (command, keys) =>
    fill(command, keys, right, first, last < 0 ? last + command.argCount : last, step);
}

function countedKeys({ countAt, first, step }: CountedKeys, right: KeyRight): Step {
  return (command, keys) => {
    const count = countAt < command.argCount ? integerAt(command, countAt) : 0;
    return count > 0 && fill(command, keys, right, first, first + count - 1, step);
  };
}

function fill(
  { argCount }: Arguments,
  keys: KeyReferences,
  right: KeyRight,
  first: number,
  last: number,
  step: number,
): boolean {
  if (last >= argCount || last < first) return false;
  for (let position = first; position <= last; position += step) keys.add(position, right);
  return true;
}
