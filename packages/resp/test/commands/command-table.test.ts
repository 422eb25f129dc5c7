import { describe, expect, it } from 'vitest';
import { CommandTable } from '../../src/commands/command-table.js';
import { commands } from '../../src/commands/commands.js';
import { commandRows } from '../../src/commands/generated/table.js';

function lookup(table: typeof commands, name: string): string | undefined {
  const bytes = Buffer.from(`<${name}>`, 'latin1');
  return table.lookup(bytes, 1, bytes.length - 1)?.name;
}

/** Upper and lower case in turn. */
function mixCase(name: string): string {
  return [...name].map((letter, i) => (i % 2 ? letter : letter.toUpperCase())).join('');
}

describe('the command table', () => {
  it.each([(name: string) => name, (name: string) => name.toUpperCase(), mixCase])(
    'finds every command and subcommand in any letter case',
    (spell) => {
      for (const { name, subcommands } of commandRows) {
        expect(lookup(commands, spell(name))).toBe(name);
        const found = commands.lookup(Buffer.from(name), 0, name.length);
        for (const subcommand of subcommands) {
          const own = subcommand.name.split('|')[1];
          expect(lookup(found!.subcommands!, spell(own))).toBe(subcommand.name);
        }
      }
    },
  );

  it('finds nothing by a name with one wrong byte', () => {
    const names = new Set(commandRows.map((row) => row.name));
    const wrong: string[] = [];
    for (const name of names) {
      for (let i = 0; i < name.length; i++) {
        for (let byte = 0; byte < 256; byte++) {
          const changed = name.slice(0, i) + String.fromCharCode(byte) + name.slice(i + 1);
          const folded = changed.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
          if (lookup(commands, changed) !== (names.has(folded) ? folded : undefined)) wrong.push(changed);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('finds nothing by a part of a name, a longer one, or none', () => {
    for (const name of ['', 'g', 'ge', 'gett', 'zrangebyscor', 'zrangebyscores', 'x'.repeat(10_000)]) {
      expect(lookup(commands, name)).toBeUndefined();
    }
  });

  it('finds nothing when it is empty', () => {
    expect(lookup(new CommandTable(new Map()), 'get')).toBeUndefined();
  });
});
