import type { CommandRow, KeyRange } from './command-row.js';
import { commandRows } from './command-rows.js';
import { RespCommandSpec } from './command-spec.js';
import { CommandTable } from './command-table.js';
import { compileKeyFinder } from './keys.js';
import { finderOf, mergeOf, policyOf } from './policy.js';
import type { KeyFinder } from './refusal.js';

/** What replicas are told of beside writes: COMMAND does not say so. */
export const mayReplicate: ReadonlySet<string> = new Set([
  ...['eval', 'evalsha', 'fcall', 'pfcount', 'publish', 'spublish'],
]);

/** All commands: what redis-server says of them, and over it what the policy says. Built once, when loaded. */
export const commands = compileTable(commandRows);

function compileTable(rows: readonly CommandRow[]): CommandTable<RespCommandSpec> {
  return new CommandTable(new Map(rows.map((row) => [ownName(row.name), compileSpec(row)])));
}

/** Of `xgroup|create`: `create`. */
function ownName(name: string): string {
  return name.slice(name.indexOf('|') + 1);
}

/** @param name what it is called here, if not as the server that describes it calls it. */
export function compileSpec(row: CommandRow, name = row.name): RespCommandSpec {
  const { flags, subcommands } = row;
  const called = { ...row, name };
  return new RespCommandSpec({
    name,
    row,
    readonly: isReadonly(row),
    writes: flags.includes('write') || mayReplicate.has(row.name),
    ...policyOf(called),
    ...compileKeys(called),
    merge: mergeOf(called),
    subcommands: subcommands.length === 0 ? null : compileTable(subcommands),
  });
}

/** Redis' own flag leaves out what touches no key: INFO, SLOWLOG, WAIT. Scripts and what they publish are writes. */
function isReadonly({ flags, categories }: CommandRow): boolean {
  if (flags.includes('readonly')) return true;
  const mayWrite = ['write', 'scripting', 'pubsub', 'transaction'];
  return !mayWrite.some((each) => flags.includes(each) || categories.includes(each));
}

/** One range of keys is what most commands have: the decoder goes through it without a finder. */
function compileKeys(row: CommandRow): { keys: KeyRange; findKeys: KeyFinder | null } {
  const none = { first: 0, last: 0, step: 1 };
  const own = finderOf(row.name);
  if (own) return { keys: none, findKeys: own };
  const specs = row.keys.filter((spec) => spec !== null);
  if (specs.length === 0) return { keys: none, findKeys: null };
  if (specs.length === 1 && 'last' in specs[0]) return { keys: specs[0], findKeys: null };
  return { keys: none, findKeys: compileKeyFinder(specs) };
}
