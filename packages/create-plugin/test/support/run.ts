import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../../../..');
export const COMMAND = join(ROOT, 'packages/create-plugin/bin/create-shardmux-plugin.js');

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, in a folder, and not as part of the test run that it is started by. */
export function run(folder: string, program: string, ...args: readonly string[]): Outcome {
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = process.env;
  return spawnSync(program, args, { cwd: folder, env, encoding: 'utf8', timeout: 60_000 });
}

/** Runs the command as `npm create shardmux-plugin` does. */
export function create(folder: string, ...args: readonly string[]): Outcome {
  return run(folder, process.execPath, COMMAND, ...args);
}
