import { join } from 'node:path';
import { connectRaw, type Reply, ServerProcess } from '@shardmux/testing';
import { expect } from 'vitest';

export const EXAMPLES = join(import.meta.dirname, '../../examples');
/** The last line that an example prints, once everything runs. */
const READY = 'Ctrl-C stops everything.';

/** Runs an example by the command that its README has; whoever calls it stops it. */
export async function startExample(name: string): Promise<ServerProcess> {
  const example = await ServerProcess.start(process.execPath, [join(EXAMPLES, name, 'start.mjs')]);
  try {
    await example.ready(async () => example.log.includes(READY), 60_000);
  } catch (error) {
    await example.stop();
    throw error;
  }
  return example;
}

/** Ends it as Ctrl-C does, and waits until it has ended what it started. */
export async function interrupt(example: ServerProcess): Promise<void> {
  example.signal('SIGINT');
  expect(await example.exited).toEqual({ code: 0, signal: null });
}

export async function ask(port: number, ...commands: readonly string[][]): Promise<Reply[]> {
  const client = await connectRaw({ kind: 'tcp', host: '127.0.0.1', port }, { strings: true });
  const replies = await client.pipeline(commands);
  await client.close();
  return replies;
}

export async function keysAt(port: number): Promise<string[]> {
  const [keys] = await ask(port, ['KEYS', '*']);
  return (keys as string[]).toSorted();
}
