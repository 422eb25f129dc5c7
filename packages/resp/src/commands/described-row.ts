/**
 * What a server says of one command, as `COMMAND INFO` or an element of `COMMAND`, in either protocol.
 *
 *   name │ arity │ flags │ first, last, step │ categories │ tips │ key specs │ subcommands
 *   └──────────── Redis 2.8 ────────────────┘└── 6.0 ────┘└───────────── 7.0 ─────────────┘
 */
import type { CommandRow, KeyAccess, KeySpec } from './command-row.js';

/** What follows from a flag where a server tells no categories: one before Redis 6, or of a module's command. */
const categoriesByFlag: Readonly<Record<string, readonly string[]>> = {
  admin: ['admin', 'dangerous'],
  blocking: ['blocking'],
  fast: ['fast'],
  // It may be about the connection that it comes on, or wait there: who knows better says so by a category.
  noscript: ['connection'],
  pubsub: ['pubsub'],
  readonly: ['read'],
  write: ['write'],
};

/** `null` for what describes no command. */
export function describedRow(entry: unknown): CommandRow | null {
  if (!Array.isArray(entry) || typeof entry[0] !== 'string') return null;
  const [name, arity, flags, first, last, step, categories, tips, keySpecs, subcommands] = entry as unknown[];
  const words = textsOf(flags);
  const keys = listOf(keySpecs).map(keySpecOf);
  // An older server, or a module that it knows as little of.
  if (keys.length === 0 && words.includes('movablekeys')) keys.push(null);
  else if (keys.length === 0 && Number(first) > 0)
    keys.push(rangeOf(Number(first), Number(last), Number(step), 'readWrite'));
  const told = textsOf(categories).map((category) => category.replace('@', ''));
  return {
    name: String(name).toLowerCase(),
    arity: arityOf(Number(arity), keys),
    flags: words,
    categories: told.length > 0 ? told : words.flatMap((flag) => categoriesByFlag[flag] ?? []),
    tips: textsOf(tips),
    keys,
    subcommands: listOf(subcommands)
      .map(describedRow)
      .filter((row) => row !== null),
  };
}

/** `null` for keys that no position tells, or not all of them. */
function keySpecOf(entry: unknown): KeySpec | null {
  const { flags, begin_search: search, find_keys: find } = fieldsOf(entry);
  const begin = fieldsOf(search);
  const keys = fieldsOf(find);
  if (begin.type !== 'index' || keys.type === 'unknown') return null;
  if (textsOf(flags).includes('incomplete')) return null;
  const index = Number(fieldsOf(begin.spec).index);
  const { keynumidx, firstkey, lastkey, keystep, limit } = fieldsOf(keys.spec);
  if (Number(limit) > 1) return null;
  const step = Number(keystep);
  const access = accessOf(textsOf(flags));
  if (keys.type === 'keynum') {
    return { countAt: index + Number(keynumidx), first: index + Number(firstkey), step, access };
  }
  const last = Number(lastkey);
  return rangeOf(index, last < 0 ? last : index + last, step, access);
}

function rangeOf(first: number, last: number, step: number, access: KeyAccess): KeySpec | null {
  return step > 0 ? { first, last, step, access } : null;
}

/** What a user must be allowed to do with the keys. Where nothing is said of it, that is everything. */
function accessOf(flags: readonly string[]): KeyAccess {
  if (flags.includes('not_key')) return 'channel';
  const writes = ['insert', 'update', 'delete'].some((flag) => flags.includes(flag));
  if (flags.includes('access')) return writes ? 'readWrite' : 'read';
  if (writes) return 'write';
  return flags.length > 0 ? 'none' : 'readWrite';
}

/** Modules may take any number of arguments, but there are as many as reach to the keys. */
function arityOf(arity: number, keys: readonly (KeySpec | null)[]): number {
  const needed = Math.max(0, ...keys.map((spec) => (spec !== null && 'last' in spec ? spec.last + 1 : 0)));
  return Math.abs(arity) < needed ? -needed : arity;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function textsOf(value: unknown): string[] {
  return listOf(value).map(String);
}

/** Of a map, which is a flat list in RESP2. */
function fieldsOf(value: unknown): Record<string, unknown> {
  if (!Array.isArray(value)) return { ...Object(value) };
  const fields: Record<string, unknown> = {};
  for (let i = 0; i + 1 < value.length; i += 2) fields[String(value[i])] = value[i + 1];
  return fields;
}
