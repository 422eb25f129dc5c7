import type { Command } from 'commander';
import type { SlowLogDocument } from '../telemetry/documents.js';
import type { SlowCommand } from '../telemetry/slow-log.js';
import { type AskFlags, addAskFlags, askProxy } from './running-proxy.js';
import { printable, textTable } from './text-table.js';

/** `shardmux slowlog`: the commands that took long in a running proxy, without their keys and values. */
export function addSlowLogCommand(program: Command): void {
  const command = program
    .command('slowlog')
    .description('list the commands that took long in the proxy that runs, the latest first');
  addAskFlags(command).action(async (flags: AskFlags) => {
    const { commands } = await askProxy<SlowLogDocument>('/slowlog', flags);
    const asked = commands.filter(({ pool }) => flags.pool === undefined || pool === flags.pool);
    process.stdout.write(flags.json ? `${JSON.stringify(asked, null, 2)}\n` : table(asked));
  });
}

const HEAD = ['TIME', 'MS', 'COMMAND', 'KEYS', 'POOL', 'SERVER', 'OUTCOME'];

function table(commands: readonly SlowCommand[]): string {
  const rows = commands.map(({ time, duration, command, keys, pool, server, outcome }) => [
    ...[new Date(time).toISOString(), duration.toFixed(1), command, String(keys), printable(pool)],
    ...[server === null ? '-' : printable(server), outcome],
  ]);
  return textTable(HEAD, rows);
}
