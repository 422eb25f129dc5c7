import { ServerProcess } from '@shardmux/testing';

const DIST = new URL('../dist/process/', import.meta.url);

/** The start of a script that uses what this package was built to. */
export function imports(names: string, module: string): string {
  return `import { ${names} } from ${JSON.stringify(new URL(module, DIST).href)};\n`;
}

/** Runs a script as a process of its own. Resolves when it has said `up`. */
export async function run(script: string, args: readonly string[] = []): Promise<ServerProcess> {
  const child = await ServerProcess.start(process.execPath, [
    '--input-type=module',
    '-e',
    script,
    '--',
    ...args,
  ]);
  await said(child, 'up');
  return child;
}

/** Resolves when the process has written this, as one line, to its standard output or error. */
export function said(child: ServerProcess, line: string): Promise<void> {
  return child.ready(async () => child.log.split('\n').includes(line));
}
