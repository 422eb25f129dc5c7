import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { PLUGIN_KINDS } from '@shardmux/plugin-api';
import { TemporaryFolder } from '@shardmux/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { COMMAND, create } from './support/run.js';

let place: TemporaryFolder;

beforeEach(() => {
  place = new TemporaryFolder();
});

afterEach(() => place.remove());

test('flags are enough, and what to do next is said', () => {
  const { status, stdout, stderr } = create(place.path, '--kind', 'hash', '--name', 'mine');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('  cd shardmux-plugin-hash-mine\n  npm install\n  npm test\n');
  const manifest = readFileSync(join(place.path, 'shardmux-plugin-hash-mine/package.json'), 'utf8');
  expect(JSON.parse(manifest)).toMatchObject({
    name: 'shardmux-plugin-hash-mine',
    peerDependencies: { '@shardmux/plugin-api': expect.stringMatching(/^\^\d+\.\d+\.\d+$/) },
    devDependencies: { typescript: expect.stringMatching(/^\^\d/) },
  });
});

test('an empty folder is filled where it stands, with or without a repository', () => {
  mkdirSync(join(place.path, '.git'));
  const { status, stdout } = create(place.path, '--kind=distribution', '--name=my-thing', '--dir=.');
  expect(status).toBe(0);
  expect(stdout).not.toContain('cd ');
  expect(readdirSync(place.path)).toContain('package.json');
});

test.each([
  [['--kind', 'hsah', '--name', 'x'], /^kind "hsah" must be one of hash, distribution, .*coordination$/m],
  [['--kind', 'hash', '--name', 'My Hash'], /^name "My Hash" must be 1 to 100 lower-case letters, digits/],
  [['--kind', 'hash', '--name', '../x'], /^name "..\/x" must be 1 to 100/],
  [['--kind', 'hash', '--name', ''], /^name "" must be 1 to 100/],
  [['--kind', 'hash', '--name', 'x', '--dir', 'full'], /^folder "full" must be empty, and holds a.txt$/m],
  [['--kind', 'hash', '--name', 'x', '--dir', 'full/a.txt'], /^folder "full\/a.txt" must be a folder$/m],
  [['--kind', 'hash'], /^--name must be given where nobody can be asked\n/],
  [[], /^--kind must be given where nobody can be asked\n/],
  [['--knid', 'hash'], /^Unknown option '--knid'/],
  [['hash'], /^Unexpected argument 'hash'/],
])('%j: nothing is made, and why is said', (args, message) => {
  mkdirSync(join(place.path, 'full'));
  writeFileSync(join(place.path, 'full/a.txt'), '');
  const { status, stdout, stderr } = create(place.path, ...args);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(message);
  expect(readdirSync(place.path, { recursive: true })).toEqual(['full', 'full/a.txt']);
});

test('what flags there are is said to who gives none, or another', () => {
  for (const args of [[], ['--knid', 'hash']]) {
    expect(create(place.path, ...args).stderr).toContain('--dir FOLDER');
  }
});

test('all that is wrong is said at once', () => {
  const { stderr } = create(place.path, '--kind=x', '--name=Y', '--dir=.');
  expect(stderr.trimEnd().split('\n')).toEqual([
    expect.stringMatching(/^kind "x" must/),
    expect.stringMatching(/^name "Y" must/),
  ]);
});

test('help says what there is', () => {
  const { status, stdout } = create(place.path, '--help');
  expect(status).toBe(0);
  for (const kind of PLUGIN_KINDS) expect(stdout).toContain(kind);
});

/** The command in a terminal, which `script` of util-linux makes, and somebody who types. */
class Terminal {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly exited: Promise<number | null>;
  text = '';

  constructor(folder: string) {
    const command = `stty cols 100 rows 30; exec ${process.execPath} ${COMMAND}`;
    this.#child = spawn('script', ['-qec', command, '/dev/null'], {
      cwd: folder,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.text += text;
    });
    this.exited = once(this.#child, 'close').then(([code]) => code);
  }

  async answer(question: string, keys: string): Promise<void> {
    await vi.waitUntil(() => this.text.includes(question), { timeout: 10_000 });
    this.#child.stdin.write(keys);
  }

  close(): void {
    this.#child.kill();
  }
}

const DOWN = '\u001b[B';
const ENTER = '\r';
const CTRL_C = '\u0003';

test('in a terminal it asks for what it was not told, until the answers will do', async () => {
  const terminal = new Terminal(place.path);
  try {
    await terminal.answer('What kind of plugin?', `${DOWN}${ENTER}`);
    await terminal.answer('How will configurations name it?', `Mine${ENTER}`);
    await terminal.answer('must be 1 to 100', `\b\b\b\bmine${ENTER}`);
    await terminal.answer('Which folder?', ENTER);
    expect(await terminal.exited).toBe(0);
  } finally {
    terminal.close();
  }
  expect(existsSync(join(place.path, 'shardmux-plugin-distribution-mine/src/index.ts'))).toBe(true);
});

test('who leaves a question has made nothing', async () => {
  const terminal = new Terminal(place.path);
  try {
    await terminal.answer('What kind of plugin?', CTRL_C);
    expect(await terminal.exited).toBe(1);
  } finally {
    terminal.close();
  }
  expect(terminal.text).toContain('Nothing was made.');
  expect(readdirSync(place.path)).toEqual([]);
});
