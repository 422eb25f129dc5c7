import type { Argument } from '@shardmux/plugin-api';

/** Called with an error or a result, in a later turn of the loop. */
export type NodeCallback<Result = unknown> = (error?: Error | null, result?: Result) => void;

/** Takes the callback off the end of what a method was called with; `undefined` where there is none. */
export function takeCallback(args: unknown[]): NodeCallback | undefined {
  const last = args[args.length - 1];
  if (typeof last !== 'function') return undefined;
  args.pop();
  return last as NodeCallback;
}

/**
 * What a method was called with, as arguments of a command. As ioredis: arrays are flattened, `null` and
 * `undefined` are empty texts, anything else is its text, a large integer all its digits; MSET, MSETNX, HSET and
 * HMSET take an object or a Map.
 */
export function toArguments(name: string, args: unknown[]): readonly Argument[] {
  for (let i = 0; i < args.length; i++) {
    if (!isArgument(args[i])) return spread(name, args.flat()).map(toArgument);
  }
  return args as Argument[];
}

function isArgument(arg: unknown): arg is Argument {
  if (typeof arg === 'string' || arg instanceof Uint8Array) return true;
  return typeof arg === 'number' && (Number.isSafeInteger(arg) || !Number.isInteger(arg));
}

function toArgument(arg: unknown): Argument {
  if (isArgument(arg)) return arg;
  if (arg === null || arg === undefined) return '';
  return typeof arg === 'number' ? String(BigInt(arg)) : String(arg);
}

/** How many arguments stand before the object that stands for pairs. */
const pairsAt = new Map([
  ['mset', 0],
  ['msetnx', 0],
  ['hset', 1],
  ['hmset', 1],
]);

function spread(name: string, args: unknown[]): unknown[] {
  const at = pairsAt.get(name);
  if (at === undefined || args.length !== at + 1) return args;
  const pairs = args[at];
  if (pairs instanceof Map) return [...args.slice(0, at), ...[...pairs].flat()];
  if (typeof pairs !== 'object' || pairs === null || Array.isArray(pairs) || pairs instanceof Uint8Array) {
    return args;
  }
  return [...args.slice(0, at), ...Object.entries(pairs).flat()];
}
