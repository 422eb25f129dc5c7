import { spawnSync } from 'node:child_process';
import { InvalidConfigError } from '@shardmux/config-file';
import { findBinary, TemporaryFolder } from '@shardmux/testing';
import { afterAll, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/load.js';
import { corpus } from './corpus/index.js';

const folder = new TemporaryFolder();
afterAll(() => folder.remove());

const nutcracker = findBinary('nutcracker');

/** Whether the real Twemproxy takes the file. */
function takenThere(yaml: string): boolean {
  if (nutcracker === null) throw new Error('nutcracker is not installed');
  const { status } = spawnSync(nutcracker, ['-t', '-c', folder.write('nutcracker.yml', yaml)]);
  expect(status === 0 || status === 1, `exit code ${status}`).toBe(true);
  return status === 0;
}

function takenHere(yaml: string): boolean {
  try {
    parseConfig(Buffer.from(yaml), 'nutcracker.yml');
    return true;
  } catch (error) {
    if (error instanceof InvalidConfigError) return false;
    throw error;
  }
}

test('the corpus has enough of both', () => {
  expect(corpus.length).toBeGreaterThan(250);
  const taken = corpus.filter(({ yaml }) => takenThere(yaml)).length;
  expect(taken).toBeGreaterThan(80);
  expect(corpus.length - taken).toBeGreaterThan(80);
});

test.each(corpus.filter(({ differs }) => differs === undefined))('as nutcracker: $title', ({ yaml }) => {
  expect(takenHere(yaml)).toBe(takenThere(yaml));
});

test.each(corpus.filter(({ differs }) => differs !== undefined))(
  'otherwise, as $differs: $title',
  ({ yaml }) => {
    expect(takenHere(yaml)).toBe(!takenThere(yaml));
  },
);
