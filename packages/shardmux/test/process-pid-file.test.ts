import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TemporaryFolder } from '@shardmux/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writePidFile } from '../src/process/pid-file.js';
import { imports, run } from './process-script.js';

let folder: TemporaryFolder;
let file: string;

beforeEach(() => {
  folder = new TemporaryFolder();
  file = join(folder.path, 'proxy.pid');
});

afterEach(() => folder.remove());

/** A process that writes its id and ends as told when it is sent SIGUSR2. */
function start(end: string) {
  return run(`${imports('writePidFile', 'pid-file.js')}
    writePidFile(${JSON.stringify(file)});
    const waiting = setInterval(() => {}, 1_000_000);
    process.once('SIGUSR2', () => { ${end} });
    console.log('up');`);
}

test.each([
  ['runs out of work', 'clearInterval(waiting)', 0],
  ['calls process.exit', 'process.exit(3)', 3],
  ['throws', 'throw new Error("fault")', 1],
])('the id stands there, without a line end, until the process %s', async (_, end, code) => {
  const child = await start(end);
  expect(readFileSync(file, 'latin1')).toBe(String(child.pid));
  child.signal('SIGUSR2');
  expect(await child.exited).toEqual({ code, signal: null });
  expect(existsSync(file)).toBe(false);
});

test('what another process has left there is written over, whatever it is', async () => {
  writeFileSync(file, `${process.pid} and much more\n`);
  const child = await start('process.exit()');
  expect(readFileSync(file, 'latin1')).toBe(String(child.pid));
  await child.stop();
});

test.each([
  [
    'belongs to its successor',
    `import('node:fs').then((fs) => { fs.writeFileSync(${'FILE'}, '1'); process.exit(); })`,
    true,
  ],
  ['is gone', `import('node:fs').then((fs) => { fs.rmSync(${'FILE'}); process.exit(); })`, false],
])('a file that %s is left alone', async (_, end, exists) => {
  const child = await start(end.replace('FILE', JSON.stringify(file)));
  child.signal('SIGUSR2');
  expect(await child.exited).toEqual({ code: 0, signal: null });
  expect(existsSync(file)).toBe(exists);
});

test('a file that cannot be written is an error', () => {
  const missing = join(folder.path, 'no', 'such.pid');
  expect(() => writePidFile(missing)).toThrow(expect.objectContaining({ code: 'SHARDMUX_PID_FILE' }));
  expect(() => writePidFile(missing)).toThrow(missing);
});
