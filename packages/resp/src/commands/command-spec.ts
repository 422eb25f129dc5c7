import { type CommandSpec, Handling } from '@shardmux/plugin-api';
import type { CommandRow } from './command-row.js';
import type { CommandTable } from './command-table.js';
import type { KeyFinder } from './refusal.js';

/** How the replies to the fragments of a command become one; an error from any of them is the reply in every case. */
export const MergeKind = {
  none: 0,
  /** An array with one element per key, in the order of the keys. */
  array: 1,
  /** The sum of integers. */
  sum: 2,
  /** All say the same: the first one's reply. */
  first: 3,
  /** Arrays, one behind the other. */
  concatenation: 4,
  /** One of the bulks that are there, by chance. */
  any: 5,
} as const;

export type MergeKind = (typeof MergeKind)[keyof typeof MergeKind];

/** What the table and the policy together say of one command. */
export interface CommandDefinition {
  /** What clients call it. */
  readonly name: string;
  readonly row: CommandRow;
  readonly readonly: boolean;
  /** It changes data or what subscribers hear, or may do so. */
  readonly writes: boolean;
  readonly handling: Handling;
  /** Why the command is not supported; ends the sentence that clients read. Empty for those that are. */
  readonly reason: string;
  /** `first` is 0 where there are no keys or only a finder finds them. `last` may count from the end. */
  readonly keys: { readonly first: number; readonly last: number; readonly step: number };
  readonly findKeys: KeyFinder | null;
  readonly merge: MergeKind;
  readonly subcommands: CommandTable<RespCommandSpec> | null;
}

/** A class, so that all specs have one shape: the decoder reads them for every request. */
export class RespCommandSpec implements CommandSpec {
  readonly name: string;
  readonly row: CommandRow;
  readonly readonly: boolean;
  readonly writes: boolean;
  readonly handling: Handling;
  readonly reason: string;
  readonly minArguments: number;
  readonly maxArguments: number;
  readonly firstKey: number;
  readonly lastKey: number;
  readonly keyStep: number;
  readonly findKeys: KeyFinder | null;
  readonly merge: MergeKind;
  readonly subcommands: CommandTable<RespCommandSpec> | null;
  /** The name as a bulk: what the head of a fragment ends with. */
  readonly nameBulk: Uint8Array;

  constructor(definition: CommandDefinition) {
    this.name = definition.name;
    this.row = definition.row;
    this.readonly = definition.readonly;
    this.writes = definition.writes;
    this.handling = definition.handling;
    this.reason = definition.reason;
    this.minArguments = Math.abs(definition.row.arity);
    this.maxArguments = definition.row.arity < 0 ? 0x7fffffff : definition.row.arity;
    this.firstKey = definition.keys.first;
    this.lastKey = definition.keys.last;
    this.keyStep = definition.keys.step;
    this.findKeys = definition.findKeys;
    this.merge = definition.merge;
    this.subcommands = definition.subcommands;
    this.nameBulk = Buffer.from(`$${definition.name.length}\r\n${definition.name.toUpperCase()}\r\n`);
  }
}

/** Stands for every command that the table does not have. */
export const unknownCommand = new RespCommandSpec({
  name: 'unknown',
  row: { name: 'unknown', arity: -1, flags: [], categories: [], tips: [], keys: [], subcommands: [] },
  readonly: false,
  writes: false,
  handling: Handling.reject,
  reason: '',
  keys: { first: 0, last: 0, step: 1 },
  findKeys: null,
  merge: MergeKind.none,
  subcommands: null,
});
