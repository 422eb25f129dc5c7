/**
 * What a server says of one command, as `COMMAND INFO` or an element of `COMMAND`, in either protocol.
 *
 *   name │ arity │ flags │ first, last, step │ categories │ tips │ key specs │ subcommands
 *   └──────────── Redis 2.8 ────────────────┘└── 6.0 ────┘└───────────── 7.0 ─────────────┘
 */
import type { CommandRow, KeySpec } from './command-row.js';

/** Users are not told apart by the keys of what the table does not have. */
const access = 'readWrite';

/** `null` for what describes no command. */
export function describedRow(entry: unknown): CommandRow | null {
  if (!Array.isArray(entry) || typeof entry[0] !== 'string') return null;
  const [name, arity, flags, first, last, step, categories, tips, keySpecs, subcommands] = entry as unknown[];
  const words = textsOf(flags);
  const keys = listOf(keySpecs).map(keySpecOf);
  // An older server, or a module that it knows as little of.
  if (keys.length === 0 && words.includes('movablekeys')) keys.push(null);
  else if (keys.length === 0 && Number(first) > 0)
    keys.push({ first: Number(first), last: Number(last), step: Number(step), access });
  return {
    name: String(name).toLowerCase(),
    arity: Number(arity),
    flags: words,
    categories: textsOf(categories).map((category) => category.replace('@', '')),
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
  if (keys.type === 'keynum') {
    return { countAt: index + Number(keynumidx), first: index + Number(firstkey), step, access };
  }
  return {
    first: index,
    last: Number(lastkey) < 0 ? Number(lastkey) : index + Number(lastkey),
    step,
    access,
  };
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
