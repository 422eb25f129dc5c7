import { Handling } from '@shardmux/plugin-api';
import type { CommandRow } from '../commands/command-row.js';
import { commandRows } from '../commands/generated/table.js';
import { policyOf } from '../commands/policy.js';
import { type ChannelArguments, channelArgumentsOf } from './channels.js';
import type { ReferenceFinder } from './own-finders.js';
import { referenceFinderOf } from './reference-finder.js';

/** A command as rules and checks see it. */
export interface AclCommand {
  /** Its bit in a set of commands: commands and subcommands are counted from 0. */
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

const inOrder: AclCommand[] = [];
for (const row of commandRows) add(row, false);

/** In the order of their numbers; behind each container stand its subcommands. */
export const aclCommands: readonly AclCommand[] = inOrder;

const byName = new Map(inOrder.map((command) => [command.name, command]));

/** @param name in lower case. `null`: there is none of that name. */
export function aclCommandOf(name: string): AclCommand | null {
  return byName.get(name) ?? null;
}

function add(row: CommandRow, isSubcommand: boolean): AclCommand {
  const subcommands: AclCommand[] = [];
  const command: AclCommand = {
    id: inOrder.length,
    name: row.name,
    isSubcommand,
    categories: row.categories,
    isForAll: row.flags.includes('no_auth'),
    isSent: isSent(policyOf(row).handling),
    findKeys: referenceFinderOf(row),
    channels: channelArgumentsOf(row.name),
    subcommands,
  };
  inOrder.push(command);
  for (const each of row.subcommands) subcommands.push(add(each, true));
  return command;
}

function isSent(handling: Handling): boolean {
  return handling !== Handling.local && handling !== Handling.reject;
}
