import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectRaw, ServerProcess } from '@shardmux/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'examples/quick-start');
const SHARDS = [22_171, 22_172, 22_173];
const PROGRAMS = ['quick-start.mjs', 'quick-start.cjs'];

let example: ServerProcess;

beforeAll(async () => {
  example = await ServerProcess.start(process.execPath, [join(FOLDER, 'start.mjs')]);
  await example.ready(async () => example.log.includes('Ctrl-C stops everything.'), 60_000);
}, 90_000);

afterAll(() => example?.stop());

/** Its lines in one style, without comments, imports and constructors. */
function code(text: string): string[] {
  return text
    .split('\n')
    .map((line) =>
      line
        .replace(/(^|\s)\/\/.*/, '')
        .replaceAll('"', "'")
        .trim(),
    )
    .filter((line) => line !== '' && !/require\(|^import |new Redis|createClient\(/.test(line));
}

test.each(PROGRAMS)('%s is the example of ioredis, but for the lines that import and construct', (name) => {
  const readme = readFileSync(join(ROOT, 'node_modules/ioredis/README.md'), 'utf8');
  const [, original] = /## Basic Usage\s+```javascript\n(.*?)```/s.exec(readme)!;
  const expected = code(original);
  expect(expected.length).toBeGreaterThan(10);
  expect(code(readFileSync(join(FOLDER, name), 'utf8'))).toEqual(expected);
});

async function onEachShard(...command: string[]): Promise<unknown[]> {
  return Promise.all(
    SHARDS.map(async (port) => {
      const direct = await connectRaw({ kind: 'tcp', host: '127.0.0.1', port }, { strings: true });
      const reply = await direct.command(...command);
      await direct.close();
      return reply;
    }),
  );
}

test.each(PROGRAMS)('%s runs against three shards, callbacks and promises', async (name) => {
  await onEachShard('FLUSHALL');
  const program = await ServerProcess.start(process.execPath, [join(FOLDER, name)]);
  try {
    const elements = "[ 'one', '1', 'dos', '2', 'three', '3' ]";
    await expect.poll(() => program.log.includes(elements), { timeout: 10_000 }).toBe(true);
    expect(program.log.split('\n').toSorted()).toEqual(['', elements, 'value', 'value']);
    expect((await onEachShard('GET', 'mykey')).filter((value) => value !== null)).toEqual(['hello']);
    const seconds = Math.max(...((await onEachShard('TTL', 'mykey')) as number[]));
    expect(seconds).toBeGreaterThan(0);
    expect(((await onEachShard('KEYS', '*')) as string[][]).flat().toSorted()).toEqual([
      'mykey',
      'sortedSet',
    ]);
    const connected = (await onEachShard('CLIENT', 'LIST')) as string[];
    expect(connected.map((list) => list.trim().split('\n').length)).toEqual([2, 2, 2]);
  } finally {
    await program.stop();
  }
});
