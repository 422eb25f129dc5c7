import { run } from './run.js';

/** The releases of Node that the packages promise to work on. */
export const NODE_VERSIONS = [20, 22, 24] as const;

/** The path of a release of Node: the one at hand, or one that npm brings, and keeps. */
export async function nodeBinary(major: number, cwd: string): Promise<string> {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const script = ['node', '-p', 'process.execPath'];
  const output = await run('npx', ['--yes', '--prefer-offline', '-p', `node@${major}`, ...script], cwd);
  return output.trim();
}
