import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findBinary } from '@shardmux/testing';

export const BINARY = join(import.meta.dirname, '../../bin/shardmux.js');

export interface CommandResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the `shardmux` command to its end, as built. */
export function shardmux(...args: readonly string[]): CommandResult {
  return run(process.execPath, [BINARY, ...args]);
}

/** Runs the real Twemproxy to its end. */
export function nutcracker(...args: readonly string[]): CommandResult {
  const program = findBinary('nutcracker');
  if (program === null) throw new Error('nutcracker is not installed');
  return run(program, args);
}

function run(program: string, args: readonly string[]): CommandResult {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 10_000 });
  return { status, stdout, stderr };
}
