import type { CountedKeys, KeyRange, KeySpec } from './command-row.js';
import { type Arguments, type KeyFinder, Refusal } from './refusal.js';
import { integerAt } from './words.js';

/** Adds the keys of one spec to the `count` keys that are there already; returns the new count. */
type Step = (command: Arguments, keys: Int32Array, count: number) => number;

/** A finder for keys that stand where the command table says. */
export function compileKeyFinder(specs: readonly KeySpec[]): KeyFinder {
  const steps = specs.map((spec) => ('countAt' in spec ? countedKeys(spec) : keyRange(spec)));
  return (command, keys) => {
    let count = 0;
    for (let i = 0; i < steps.length && count >= 0; i++) count = steps[i](command, keys, count);
    return count;
  };
}

function keyRange({ first, last, step }: KeyRange): Step {
  return (command, keys, count) => {
    const end = last < 0 ? last + command.argCount : last;
    if (end >= command.argCount) return Refusal.syntax;
    // There may be none: PFMERGE needs no source.
    if (end < first) return count;
    if ((end - first + 1) % step !== 0) return Refusal.wrongArity;
    return fill(keys, count, first, end, step);
  };
}

/** No command runs with a count of keys that is wrong, or it is a script without keys. */
function countedKeys({ countAt, first, step }: CountedKeys): Step {
  return (command, keys, count) => {
    const wanted = countAt < command.argCount ? integerAt(command, countAt) : 0;
    const last = first + (wanted - 1) * step;
    if (!(wanted > 0 && last < command.argCount)) return Refusal.keyless;
    return fill(keys, count, first, last, step);
  };
}

function fill(keys: Int32Array, count: number, first: number, last: number, step: number): number {
  let next = count;
  for (let index = first; index <= last; index += step) keys[next++] = index;
  return next;
}
