import { relative } from 'node:path';
import { askFor } from './ask.js';
import { type Flags, HELP, readFlags } from './flags.js';
import { type PluginRequest, packageName } from './plugin-request.js';
import { type Scaffold, scaffold } from './scaffold.js';
import { ScaffoldError } from './scaffold-error.js';

/** Runs `npm create shardmux-plugin`. What cannot be made is said on standard error, and the process exits with 1. */
export async function main(args: readonly string[]): Promise<void> {
  try {
    const flags = readFlags(args);
    if (flags.help) process.stdout.write(HELP);
    else process.stdout.write(nextSteps(scaffold(await requestOf(flags))));
  } catch (error) {
    if (!(error instanceof ScaffoldError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

async function requestOf(flags: Flags): Promise<PluginRequest> {
  const { kind, name, dir } = flags;
  if (kind !== undefined && name !== undefined) return { kind, name, folder: dir ?? packageName(kind, name) };
  if (process.stdin.isTTY && process.stdout.isTTY) return askFor(flags);
  const missing = kind === undefined ? '--kind' : '--name';
  throw new ScaffoldError(`${missing} must be given where nobody can be asked\n\n${HELP}`);
}

function nextSteps({ packageName: made, folder, files }: Scaffold): string {
  const path = relative(process.cwd(), folder);
  const steps = [...(path === '' ? [] : [`cd ${path}`]), 'npm install', 'npm test'];
  return `\n${made}: ${files.join(', ')}\n\n${steps.map((step) => `  ${step}\n`).join('')}`;
}
