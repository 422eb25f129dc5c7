import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectRaw, type Reply, ServerProcess, TemporaryFolder } from '@shardmux/testing';
import { afterAll, afterEach, expect, test } from 'vitest';

const START = join(import.meta.dirname, '../../examples/try-it/start.mjs');
/** As its README promises. */
const PORT = 22121;
/** The last line that it prints, once everything runs. */
const READY = 'Ctrl-C stops everything.';
/** Gives the process a group of its own, as a shell with job control does. */
const SETSID = { name: 'setsid', debianPackage: 'util-linux' };

let example: ServerProcess | undefined;
const folder = new TemporaryFolder();

afterEach(() => example?.stop());

afterAll(() => folder.remove());

/** What it left is left in a folder where nobody else puts anything. */
async function start(): Promise<ServerProcess> {
  const started = await ServerProcess.start(SETSID, [
    'env',
    `TMPDIR=${folder.path}`,
    process.execPath,
    START,
  ]);
  example = started;
  // When the port is busy it exits, and this rejects with what it said.
  await started.ready(async () => started.log.includes(READY), 30_000);
  return started;
}

const leftovers = () => readdirSync(folder.path).filter((name) => name.startsWith('shardmux-'));

/** Of all processes that a process started, and those that they started. */
function descendants(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  const pids = children.split(' ').filter(Boolean).map(Number);
  return pids.flatMap((child) => [child, ...descendants(child)]);
}

/** Of a process: when it began, since boot. A process id alone may be given anew. */
function startTime(pid: number): string | null {
  try {
    // What stands before is the name, in brackets, which may hold blanks.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[19];
  } catch {
    return null;
  }
}

async function ask(port: number, ...command: string[]): Promise<Reply> {
  const client = await connectRaw({ kind: 'tcp', host: '127.0.0.1', port }, { strings: true });
  const reply = await client.command(...command);
  await client.close();
  return reply;
}

test.each([
  ['the process alone', (pid: number) => process.kill(pid, 'SIGINT')],
  ['its group, as a terminal does at Ctrl-C', (pid: number) => process.kill(-pid, 'SIGINT')],
])(
  'the example does what it says, and leaves nothing behind after SIGINT to %s',
  async (_name, interrupt) => {
    const { pid, log, exited } = await start();
    expect(await ask(PORT, 'mset', 'a', '1', 'b', '2', 'c', '3')).toBe('OK');
    expect(await ask(PORT, 'mget', 'a', 'b', 'c')).toEqual(['1', '2', '3']);
    const ports = Array.from(log.matchAll(/redis-cli -p (\d+) keys/g), ([, port]) => Number(port));
    expect(ports).toHaveLength(3);
    const held = (await Promise.all(ports.map((port) => ask(port, 'keys', '*')))).flat();
    expect(held.sort()).toEqual(['a', 'b', 'c']);

    const started = descendants(pid).map((child) => ({ child, since: startTime(child) }));
    expect(started.length).toBeGreaterThanOrEqual(4);
    expect(leftovers()).toHaveLength(4);
    interrupt(pid);
    expect(await exited).toEqual({ code: 0, signal: null });
    expect(started.filter(({ child, since }) => startTime(child) === since)).toEqual([]);
    expect(leftovers()).toEqual([]);
  },
);
