import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aclCommandFor, aclCommandOf } from '../../src/access/acl-commands.js';
import { applyCommandRule, CommandSet } from '../../src/access/command-set.js';
import { DenyList } from '../../src/access/deny-list.js';
import type { CommandRow } from '../../src/commands/command-row.js';
import { aclCategories, commandRows } from '../../src/commands/generated/table.js';

const rows = commandRows.flatMap((row) => [row, ...row.subcommands]);
const containers = commandRows.filter(({ subcommands }) => subcommands.length > 0).map(({ name }) => name);

/** What a server would say of the same command if no table had it: a subcommand still has its container. */
function unheardOf(row: CommandRow): CommandRow {
  return { ...row, name: `${row.name}.new` };
}

const sign = fc.constantFrom('+', '-');
const what = fc.oneof(
  fc.constant('@all'),
  fc.constantFrom(...aclCategories.map((category) => `@${category}`)),
  fc.constantFrom(...containers),
);
const rules = fc.array(
  fc.tuple(sign, what).map((parts) => parts.join('')),
  { maxLength: 6 },
);

describe('a command that only servers know', () => {
  it('is allowed by categories and containers as it would be if the table had it', () => {
    fc.assert(
      fc.property(rules, (all) => {
        const set = new CommandSet();
        for (const rule of all) applyCommandRule(set, rule);
        // A container that is not heard of has no name that a rule could say.
        for (const row of rows.filter(({ name }) => !containers.includes(name))) {
          const command = aclCommandFor(unheardOf(row));
          expect([row.name, set.has(command)]).toEqual([row.name, set.has(aclCommandOf(row.name)!)]);
        }
      }),
    );
  });

  it('is the one that a server says it is, whatever it is called there', () => {
    for (const row of rows) expect(aclCommandFor({ ...row })).toBe(aclCommandOf(row.name));
  });

  it('is denied with its container', () => {
    const row = unheardOf(rows.find(({ name }) => name === 'xinfo|stream')!);
    const denies = (...names: string[]) => new DenyList(names).denies(aclCommandFor(row));
    expect(denies('xinfo')).toBe(true);
    expect(denies('XINFO')).toBe(true);
    expect(denies('xinfo|stream', 'xgroup', 'get')).toBe(false);
  });
});
