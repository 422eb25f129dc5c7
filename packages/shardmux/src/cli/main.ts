import { readFileSync } from 'node:fs';
import { ShardmuxError } from '@shardmux/plugin-api';
import { Command } from 'commander';
import { reportFailure } from '../process/daemonise.js';
import { addExplainCommand } from './explain-command.js';
import { addLatencyCommand } from './latency-command.js';
import { addProxyCommand } from './proxy-command.js';
import { addSlowLogCommand } from './slowlog-command.js';

/** How long what a plugin has left open may keep a process that has failed, in ms. */
const GRACE = 1_000;

/**
 * Runs the `shardmux` command. What the user can mend is said in plain words on standard error, and the process
 * exits with 1; all else is a fault of ours, and is thrown with its stack.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('shardmux')
    .description('Shards Redis traffic over many servers.')
    .version(version());
  addProxyCommand(program);
  addExplainCommand(program);
  addSlowLogCommand(program);
  addLatencyCommand(program);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (!(error instanceof Error) || !isForUser(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    reportFailure(error.message);
    process.exitCode = 1;
    setTimeout(() => process.exit(), GRACE).unref();
  }
}

/** Our own errors say what to do, and so do the system's: a port that is taken, a file that cannot be written. */
function isForUser(error: Error): boolean {
  return ShardmuxError.is(error) || 'syscall' in error;
}

function version(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
