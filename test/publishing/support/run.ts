import { execFile } from 'node:child_process';

/**
 * Runs a program to its end, ten minutes at most.
 *
 * @returns what it wrote to its standard output.
 * @throws with all that it wrote, when it fails.
 */
export function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  const options = { cwd, timeout: 600_000, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${[program, ...args].join(' ')} failed in ${cwd}:\n${stdout}${stderr}`));
    });
  });
}
