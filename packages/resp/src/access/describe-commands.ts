import { aclCategories } from '../commands/generated/table.js';
import { type AclCommand, aclCommands } from './acl-commands.js';
import { CommandSet } from './command-set.js';

const membersOf = new Map(
  aclCategories.map((category) => [
    category,
    aclCommands.filter((each) => each.categories.includes(category)),
  ]),
);

/**
 * Rules that make the same set, as redis-server finds them: all or nothing, then the categories that fit best, one
 * after the other, then what is still to be said of single commands.
 */
export function describeCommands(commands: CommandSet): string {
  const start = commands.isOpen;
  const sign = start ? '-' : '+';
  const described = new CommandSet();
  described.setAll(start);
  const rules = [start ? '+@all' : '-@all'];
  for (const category of fittingCategories(commands, !start)) {
    described.setCategory(category, !start);
    rules.push(`${sign}@${category}`);
  }
  for (const command of aclCommands) describeCommand(command, commands, described, rules);
  return rules.join(' ');
}

/** @param wanted what the members of a category should be: allowed, or not. */
function fittingCategories(commands: CommandSet, wanted: boolean): string[] {
  const left = commands.copy();
  const chosen: string[] = [];
  for (;;) {
    const best = bestFit(left, wanted, chosen);
    if (best === null) return chosen;
    left.setCategory(best, !wanted);
    chosen.push(best);
  }
}

/** More of it is as wanted than is not; of such categories the one with the fewest others, then with the most. */
function bestFit(left: CommandSet, wanted: boolean, chosen: readonly string[]): string | null {
  let best: string | null = null;
  let leastOthers = Number.POSITIVE_INFINITY;
  let mostFitting = 0;
  for (const [category, members] of membersOf) {
    if (chosen.includes(category)) continue;
    const fitting = members.filter((each) => left.has(each) === wanted).length;
    const others = members.length - fitting;
    if (fitting <= others) continue;
    if (others < leastOthers || (others === leastOthers && fitting > mostFitting)) {
      best = category;
      leastOthers = others;
      mostFitting = fitting;
    }
  }
  return best;
}

function describeCommand(
  command: AclCommand,
  commands: CommandSet,
  described: CommandSet,
  rules: string[],
): void {
  const allowed = commands.has(command);
  if (allowed !== described.has(command)) {
    described.set(command, allowed);
    rules.push(`${allowed ? '+' : '-'}${command.name}`);
  }
  if (allowed) return;
  for (const argument of commands.firstArgumentsOf(command)) rules.push(`+${command.name}|${argument}`);
}
