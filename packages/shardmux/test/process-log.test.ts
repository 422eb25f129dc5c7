import { readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TemporaryFolder } from '@shardmux/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { levelOf, openLog } from '../src/process/log.js';
import { imports, run } from './process-script.js';

let folder: TemporaryFolder;
let file: string;

beforeEach(() => {
  folder = new TemporaryFolder();
  file = join(folder.path, 'proxy.log');
});

afterEach(() => folder.remove());

function lines(path = file): { level: string; msg: string; pid: number; time: string }[] {
  const text = readFileSync(path, 'utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

function messages(path = file): string[] {
  return lines(path).map(({ msg }) => msg);
}

test('a line is written at once, behind what the file holds', () => {
  folder.write('proxy.log', '{"msg":"older"}\n');
  openLog({ level: 'info', file }).logger.warn('newer');
  expect(messages()).toEqual(['older', 'newer']);
  expect(lines()[1]).toMatchObject({ level: 'warn', pid: process.pid });
  expect(Math.abs(Date.parse(lines()[1].time) - Date.now())).toBeLessThan(30_000);
});

test('control bytes do not reach the file, and are not lost', () => {
  const message = 'forged\n{"level":"info"}\r\u001b[31m\u0000\u007f\u009b2J é';
  openLog({ level: 'info', file }).logger.info(message);
  expect(messages()).toEqual([message]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(readFileSync(file, 'utf8').trimEnd()).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
});

test('more and less, as far as it goes', () => {
  const log = openLog({ level: 'error', file });
  const shown = (turn: () => void) => {
    rmSync(file);
    log.reopen();
    turn();
    for (const level of ['error', 'warn', 'info', 'debug'] as const) log.logger[level](level);
    return messages();
  };
  expect(shown(() => {})).toEqual(['error']);
  expect(shown(log.raise)).toEqual(['error', 'warn']);
  expect(shown(log.raise)).toEqual(['error', 'warn', 'info']);
  expect(shown(log.raise)).toEqual(['error', 'warn', 'info', 'debug']);
  for (let i = 0; i < 9; i++) log.raise();
  expect(shown(log.lower)).toEqual(['error', 'warn', 'info', 'debug']);
  expect(shown(log.lower)).toEqual(['error', 'warn', 'info']);
  for (let i = 0; i < 9; i++) log.lower();
  expect(shown(log.raise)).toEqual(['error']);
});

test('a file moved away is followed until the log is opened again', () => {
  const log = openLog({ level: 'info', file });
  log.logger.info('one');
  renameSync(file, `${file}.1`);
  log.logger.info('two');
  log.reopen();
  log.logger.info('three');
  expect(messages(`${file}.1`)).toEqual(['one', 'two']);
  expect(messages()).toEqual(['three']);
});

test('where the file cannot be opened again, the log goes on where it was', () => {
  const moved = new TemporaryFolder();
  const log = openLog({ level: 'info', file });
  const kept = join(moved.path, 'kept.log');
  renameSync(file, kept);
  folder.remove();
  log.reopen();
  log.logger.info('still here');
  expect(messages(kept)).toEqual([
    expect.stringMatching(/^the log goes on where it was: .*ENOENT/),
    'still here',
  ]);
  moved.remove();
});

test('a file that cannot be opened is an error', () => {
  const missing = join(folder.path, 'no', 'such.log');
  const open = () => openLog({ level: 'info', file: missing });
  expect(open).toThrow(expect.objectContaining({ code: 'SHARDMUX_LOG_FILE' }));
  expect(open).toThrow(missing);
});

test('a full disk stops nothing, and takes no memory without bound', async () => {
  const script = `${imports('openLog', 'log.js')}
    const { logger } = openLog({ level: 'info', file: '/dev/full' });
    const line = 'x'.repeat(1_000);
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 20_000; i++) logger.info(line);
    const grown = process.memoryUsage().heapUsed - before;
    console.log(grown < 10e6 ? 'small' : 'grown by ' + grown);
    console.log('up');`;
  const child = await run(script);
  expect(await child.exited).toEqual({ code: 0, signal: null });
  expect(child.log).toBe('small\nup\n');
});

test('without a file it is standard error, and reopening leaves it', async () => {
  const script = `${imports('openLog', 'log.js')}
    const log = openLog({ level: 'info', file: null });
    console.log('up');
    log.reopen();
    log.logger.info('to standard error');
    process.exit(7);`;
  const child = await run(script);
  expect(await child.exited).toEqual({ code: 7, signal: null });
  const [, line] = child.log.trimEnd().split('\n');
  expect(JSON.parse(line)).toMatchObject({ msg: 'to standard error', pid: child.pid });
});

test("nutcracker's levels of verbosity", () => {
  const levels = Array.from({ length: 13 }, (_, verbosity) => levelOf(verbosity));
  expect(levels.slice(0, 5)).toEqual(['fatal', 'fatal', 'fatal', 'error', 'warn']);
  expect(levels.slice(5)).toEqual(['info', 'info', 'debug', 'trace', 'trace', 'trace', 'trace', 'trace']);
});
