import { aclCategories } from '../commands/generated/table.js';
import { type AclCommand, aclCommandOf, aclCommands, LEARNT } from './acl-commands.js';
import { AclError, AclFault } from './acl-error.js';

const BITS = 32;

/**
 * Which commands rules allow: a bit for each. Besides, a command that is not allowed as such may be so with certain
 * first arguments (`+select|0`).
 */
export class CommandSet {
  readonly #bits = new Int32Array(Math.ceil(aclCommands.length / BITS));
  readonly #firstArguments = new Map<AclCommand, string[]>();
  /** Names and categories that were allowed or not since it began, in this order. */
  readonly #said: { readonly what: string; readonly allowed: boolean }[] = [];
  /** Began with all, and so has what is added to redis-server later. */
  isOpen = false;
  /** Has each and every one: nothing was taken away since. */
  isComplete = false;

  has(command: AclCommand): boolean {
    const { id } = command;
    if (id === LEARNT) return this.#hasLearnt(command);
    return ((this.#bits[id >>> 5] >>> (id & 31)) & 1) === 1;
  }

  /** Each as it was written. */
  firstArgumentsOf(command: AclCommand): readonly string[] {
    return this.#firstArguments.get(command) ?? [];
  }

  setAll(allowed: boolean): void {
    this.#bits.fill(allowed ? -1 : 0);
    this.#firstArguments.clear();
    this.#said.length = 0;
    this.isOpen = allowed;
    this.isComplete = allowed;
  }

  /** With a container go its subcommands. */
  set(command: AclCommand, allowed: boolean): void {
    this.#said.push({ what: command.name, allowed });
    this.#setWhole(command, allowed);
  }

  #setWhole(command: AclCommand, allowed: boolean): void {
    this.#setBit(command, allowed);
    this.#firstArguments.delete(command);
    for (const subcommand of command.subcommands) this.#setBit(subcommand, allowed);
  }

  setCategory(category: string, allowed: boolean): void {
    this.#said.push({ what: `@${category}`, allowed });
    for (const command of aclCommands) {
      if (command.categories.includes(category)) this.#setWhole(command, allowed);
    }
  }

  allowFirstArgument(command: AclCommand, argument: string): void {
    const known = this.#firstArguments.get(command) ?? [];
    this.#firstArguments.set(command, known);
    if (!known.some((each) => each.toLowerCase() === argument.toLowerCase())) known.push(argument);
  }

  copy(): CommandSet {
    const copy = new CommandSet();
    copy.#bits.set(this.#bits);
    copy.isOpen = this.isOpen;
    return copy;
  }

  /** By the last that was said of its container or of a category that it has. */
  #hasLearnt({ name, categories }: AclCommand): boolean {
    const [container] = name.split('|', 1);
    const last = this.#said.findLast(
      ({ what }) => what === container || (what.startsWith('@') && categories.includes(what.slice(1))),
    );
    return last?.allowed ?? this.isOpen;
  }

  #setBit({ id }: AclCommand, allowed: boolean): void {
    if (allowed) this.#bits[id >>> 5] |= 1 << (id & 31);
    else {
      this.#bits[id >>> 5] &= ~(1 << (id & 31));
      this.isComplete = false;
    }
  }
}

/**
 * Obeys `+command`, `+command|subcommand`, `+@category` and the same with a minus.
 * @throws {AclError} when there is no such command or category.
 */
export function applyCommandRule(commands: CommandSet, rule: string): void {
  const allowed = rule.startsWith('+');
  const name = rule.slice(1).toLowerCase();
  const command = aclCommandOf(name);
  if (command !== null) commands.set(command, allowed);
  else if (name === '@all') commands.setAll(allowed);
  else if (isCategory(name)) commands.setCategory(name.slice(1), allowed);
  else if (allowed && name.includes('|')) applyFirstArgument(commands, rule);
  else throw new AclError(AclFault.unknown);
}

function isCategory(name: string): boolean {
  return name.startsWith('@') && aclCategories.includes(name.slice(1));
}

/** The argument is what stands behind the last bar. */
function applyFirstArgument(commands: CommandSet, rule: string): void {
  const bar = rule.lastIndexOf('|');
  const command = aclCommandOf(rule.slice(1, bar).toLowerCase());
  if (command === null) throw new AclError(AclFault.unknown);
  if (command.isSubcommand) throw new AclError(AclFault.subcommandArgument);
  if (bar === rule.length - 1) throw new AclError(AclFault.syntax);
  if (command.subcommands.length > 0) throw new AclError(AclFault.unknown);
  commands.allowFirstArgument(command, rule.slice(bar + 1));
}
