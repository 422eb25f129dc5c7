import type { CountedKeys, KeyRange, KeySpec } from './command-row.js';
import { type Arguments, type KeyFinder, Refusal } from './refusal.js';
import { integerAt } from './words.js';

/** What redis-server answers when the argument that counts the keys is wrong: it differs by command. */
export interface KeyCountRefusals {
  readonly notAnInteger: Refusal;
  readonly negative: Refusal;
  readonly zero: Refusal;
  readonly tooMany: Refusal;
}

/** Adds the keys of one spec to the `count` keys that are there already; returns the new count. */
type Step = (command: Arguments, keys: Int32Array, count: number) => number;

/** A finder for keys that stand where the command table says. */
export function compileKeyFinder(specs: readonly KeySpec[], refusals: KeyCountRefusals): KeyFinder {
  const steps = specs.map((spec) => ('countAt' in spec ? countedKeys(spec, refusals) : keyRange(spec)));
  return (command, keys) => {
    let count = 0;
    for (let i = 0; i < steps.length && count >= 0; i++) count = steps[i](command, keys, count);
    return count;
  };
}

function keyRange({ first, last, step }: KeyRange): Step {
  return (command, keys, count) => {
    const end = last < 0 ? last + command.argCount : last;
    if (end < first || end >= command.argCount) return Refusal.syntax;
    if ((end - first + 1) % step !== 0) return Refusal.wrongArity;
    return fill(keys, count, first, end, step);
  };
}

function countedKeys({ countAt, first, step }: CountedKeys, refusals: KeyCountRefusals): Step {
  return (command, keys, count) => {
    if (countAt >= command.argCount) return Refusal.syntax;
    const wanted = integerAt(command, countAt);
    if (Number.isNaN(wanted)) return refusals.notAnInteger;
    if (wanted < 0) return refusals.negative;
    if (wanted === 0) return refusals.zero;
    const last = first + (wanted - 1) * step;
    if (last >= command.argCount) return refusals.tooMany;
    return fill(keys, count, first, last, step);
  };
}

function fill(keys: Int32Array, count: number, first: number, last: number, step: number): number {
  let next = count;
  for (let index = first; index <= last; index += step) keys[next++] = index;
  return next;
}
