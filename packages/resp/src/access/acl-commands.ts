import { Handling } from '@shardmux/plugin-api';
import type { CommandRow } from '../commands/command-row.js';
import { commandRows } from '../commands/generated/table.js';
import { policyOf } from '../commands/policy.js';
import { type ChannelArguments, channelArgumentsOf } from './channels.js';
import type { ReferenceFinder } from './own-finders.js';
import { referenceFinderOf } from './reference-finder.js';

/** A command as rules and checks see it. */
export interface AclCommand {
  /** Its bit in a set of commands: commands and subcommands are counted from 0. `LEARNT`: it has none. */
  readonly id: number;
  /** Of a subcommand with its container's name: `config|get`. */
  readonly name: string;
  readonly isSubcommand: boolean;
  readonly categories: readonly string[];
  /** Those who are nobody yet may run it as well, so that no rule can forbid it. */
  readonly isForAll: boolean;
  /** It is sent to servers without a word of the conversation. */
  readonly isSent: boolean;
  readonly findKeys: ReferenceFinder | null;
  readonly channels: ChannelArguments | null;
  readonly subcommands: readonly AclCommand[];
}

/** What only servers know. */
export const LEARNT = -1;

const inOrder: AclCommand[] = [];
for (const row of commandRows) add(row);

/** In the order of their numbers; behind each container stand its subcommands. */
export const aclCommands: readonly AclCommand[] = inOrder;

const byName = new Map(inOrder.map((command) => [command.name, command]));

/** @param name in lower case. `null`: there is none of that name. */
export function aclCommandOf(name: string): AclCommand | null {
  return byName.get(name) ?? null;
}

const learnt = new WeakMap<CommandRow, AclCommand>();

/** A command that a server describes under the name of another is the same to all rules, whatever it is called. */
export function aclCommandFor(row: CommandRow): AclCommand {
  const known = byName.get(row.name) ?? learnt.get(row);
  if (known !== undefined) return known;
  const container = byName.get(row.name.split('|', 1)[0]);
  const categories = [...row.categories, ...(container?.categories ?? [])];
  const command = compile({ ...row, categories }, LEARNT, []);
  learnt.set(row, command);
  return command;
}

function add(row: CommandRow): AclCommand {
  const subcommands: AclCommand[] = [];
  const command = compile(row, inOrder.length, subcommands);
  inOrder.push(command);
  for (const each of row.subcommands) subcommands.push(add(each));
  return command;
}

function compile(row: CommandRow, id: number, subcommands: readonly AclCommand[]): AclCommand {
  return {
    id,
    name: row.name,
    isSubcommand: row.name.includes('|'),
    categories: row.categories,
    isForAll: row.flags.includes('no_auth'),
    isSent: isSent(policyOf(row).handling),
    findKeys: referenceFinderOf(row),
    channels: channelArgumentsOf(row.name),
    subcommands,
  };
}

function isSent(handling: Handling): boolean {
  return handling !== Handling.local && handling !== Handling.reject;
}
