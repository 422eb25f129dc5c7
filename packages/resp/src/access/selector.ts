import { ascii } from '../ascii.js';
import type { Arguments } from '../commands/refusal.js';
import { isWord, textAt } from '../commands/words.js';
import type { AclCommand } from './acl-commands.js';
import type { CommandSet } from './command-set.js';
import { Denial } from './denial.js';
import { describeCommands } from './describe-commands.js';
import type { Glob } from './glob.js';
import { type KeyReferences, KeyRight } from './key-references.js';

/** Keys that a user may use, and what for. */
export interface KeyPattern {
  /** As it was written; each character is a byte. */
  readonly text: string;
  readonly right: KeyRight;
  readonly glob: Glob;
}

export interface ChannelPattern {
  readonly text: string;
  readonly glob: Glob;
}

/** What a selector's rules come to. */
export interface SelectorRights {
  readonly commands: CommandSet;
  readonly allKeys: boolean;
  readonly keys: readonly KeyPattern[];
  readonly allChannels: boolean;
  readonly channels: readonly ChannelPattern[];
}

/** Rules that make the same rights, as redis-server shows them. */
export interface SelectorDescription {
  readonly commands: string;
  readonly keys: string;
  readonly channels: string;
}

const signs: Readonly<Record<KeyRight, string>> = {
  [KeyRight.none]: '%~',
  [KeyRight.read]: '%R~',
  [KeyRight.write]: '%W~',
  [KeyRight.readWrite]: '~',
};

/** One set of permissions: a command must be within one of its user's selectors as a whole. Immutable. */
export class Selector {
  /** It allows everything. */
  readonly isUnrestricted: boolean;
  readonly #rights: SelectorRights;

  constructor(rights: SelectorRights) {
    this.#rights = rights;
    this.isUnrestricted = rights.commands.isComplete && rights.allKeys && rights.allChannels;
  }

  /** There is no key that it does not allow to read. */
  get readsAllKeys(): boolean {
    const { allKeys, keys } = this.#rights;
    return allKeys || keys.some(({ text, right }) => text === '*' && (right & KeyRight.read) !== 0);
  }

  /** @param keys those of the command. */
  denialOf(command: AclCommand, args: Arguments, keys: KeyReferences): Denial | null {
    if (!this.#allowsCommand(command, args)) return new Denial('command', 0);
    return this.#denialOfKey(args, keys) ?? this.#denialOfChannel(command, args);
  }

  describe(): SelectorDescription {
    const { commands, allKeys, keys, allChannels, channels } = this.#rights;
    return {
      commands: describeCommands(commands),
      keys: allKeys ? '~*' : keys.map(({ text, right }) => signs[right] + text).join(' '),
      channels: allChannels ? '&*' : channels.map(({ text }) => `&${text}`).join(' '),
    };
  }

  #allowsCommand(command: AclCommand, args: Arguments): boolean {
    const { commands } = this.#rights;
    if (commands.has(command) || command.isForAll) return true;
    return args.argCount > 1 && commands.firstArgumentsOf(command).some((word) => isFirst(args, word));
  }

  #denialOfKey(args: Arguments, keys: KeyReferences): Denial | null {
    if (this.#rights.allKeys) return null;
    for (let i = 0; i < keys.count; i++) {
      const position = keys.position(i);
      if (!this.#allowsKey(args, position, keys.right(i))) return new Denial('key', position);
    }
    return null;
  }

  #allowsKey(args: Arguments, position: number, needed: number): boolean {
    const start = args.argStart(position);
    const end = args.argEnd(position);
    for (const { right, glob } of this.#rights.keys) {
      if ((right & needed) === needed && glob.matches(args.bytes, start, end)) return true;
    }
    return false;
  }

  #denialOfChannel({ channels }: AclCommand, args: Arguments): Denial | null {
    if (channels === null || this.#rights.allChannels) return null;
    const end = channels.all ? args.argCount : 2;
    for (let position = 1; position < end; position++) {
      if (!this.#allowsChannel(args, position, channels.patterns)) return new Denial('channel', position);
    }
    return null;
  }

  #allowsChannel(args: Arguments, position: number, isPattern: boolean): boolean {
    for (const { text, glob } of this.#rights.channels) {
      const allowed = isPattern
        ? textAt(args, position, text.length + 1) === text
        : glob.matches(args.bytes, args.argStart(position), args.argEnd(position));
      if (allowed) return true;
    }
    return false;
  }
}

function isFirst(args: Arguments, word: string): boolean {
  return isWord(args, 1, ascii(word.toLowerCase()));
}
