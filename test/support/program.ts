import { spawn } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

export interface ProgramResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program in a Node of its own, to its end: one that has not ended after 10 s is killed.
 *
 * @param source an ES module, which has all packages of this repository.
 * @param input what it finds in `process.argv[1]`, as JSON.
 */
export function runProgram(source: string, input: unknown): Promise<ProgramResult> {
  const args = ['--input-type=module', '--eval', source, '--', JSON.stringify(input)];
  const child = spawn(process.execPath, args, { cwd: ROOT, timeout: 10_000, killSignal: 'SIGKILL' });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
