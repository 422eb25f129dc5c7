import type { CommandRow } from './command-row.js';
import { commandRows as generatedRows } from './generated/table.js';

/** What the version of the table does not have, and clients of today send without asking for the server's version. */
const laterSubcommands: readonly CommandRow[] = [
  {
    name: 'client|setinfo',
    arity: 4,
    flags: ['noscript', 'loading', 'stale'],
    categories: ['slow', 'connection'],
    tips: [],
    keys: [],
    subcommands: [],
  },
];

/** All commands: those of the table, and these. */
export const commandRows: readonly CommandRow[] = generatedRows.map((row) => {
  const added = laterSubcommands.filter(({ name }) => name.startsWith(`${row.name}|`));
  return added.length === 0 ? row : { ...row, subcommands: [...row.subcommands, ...added].sort(byName) };
});

function byName(a: CommandRow, b: CommandRow): number {
  return a.name < b.name ? -1 : 1;
}
