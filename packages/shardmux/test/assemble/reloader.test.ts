import { pbkdf2 } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TemporaryFolder } from '@shardmux/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Reloader } from '../../src/assemble/reloader.js';

const derive = promisify(pbkdf2);

let folder: TemporaryFolder;
let reloader: Reloader | undefined;
let reload: ReturnType<typeof vi.fn<() => void>>;
const info = vi.fn();
const error = vi.fn();

beforeEach(() => {
  folder = new TemporaryFolder();
  reload = vi.fn<() => void>();
  info.mockClear();
  error.mockClear();
});

afterEach(() => {
  reloader?.stop();
  folder.remove();
});

function watch(...files: string[]): void {
  const logger = { debug: vi.fn(), info, warn: vi.fn(), error };
  reloader = new Reloader('pool alpha: certificates', { reload, files }, logger);
  reloader.start();
}

const reloaded = (times: number) =>
  vi.waitFor(() => expect(reload).toHaveBeenCalledTimes(times), { timeout: 8_000 });

test('files that are written, replaced, removed or put back are read anew', async () => {
  const [one, two] = [folder.write('one', 'a'), folder.write('two', 'a')];
  watch(one, two);
  expect(reload).not.toHaveBeenCalled();
  folder.write('one', 'b');
  folder.write('two', 'b');
  await reloaded(1);
  expect(info).toHaveBeenLastCalledWith('pool alpha: certificates were read anew');
  renameSync(folder.write('new', 'b'), one);
  await reloaded(2);
  rmSync(two);
  await reloaded(3);
  folder.write('two', 'b');
  await reloaded(4);
}, 40_000);

test('so is what a link on the way there leads to, as Kubernetes mounts secrets', async () => {
  for (const version of ['1', '2']) {
    mkdirSync(join(folder.path, version));
    folder.write(`${version}/tls.crt`, 'same size');
  }
  const data = join(folder.path, '..data');
  symlinkSync('1', data);
  symlinkSync('..data/tls.crt', join(folder.path, 'tls.crt'));
  watch(join(folder.path, 'tls.crt'));
  symlinkSync('2', `${data}_tmp`);
  renameSync(`${data}_tmp`, data);
  await reloaded(1);
});

test('so is what changes at once, while all threads for files are taken', async () => {
  const file = folder.write('one', 'a');
  const taken = Array.from({ length: 4 }, () => derive('a', 'b', 50_000, 64, 'sha512'));
  watch(file);
  folder.write('one', 'ab');
  await Promise.all(taken);
  await reloaded(1);
});

test('nothing is read while files still change', async () => {
  const file = folder.write('one', '');
  watch(file);
  for (let i = 1; i < 15; i++) {
    folder.write('one', 'a'.repeat(i));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(reload).not.toHaveBeenCalled();
  }
  await reloaded(1);
});

test('a fault is logged', async () => {
  watch(folder.write('one', ''));
  reload.mockImplementation(() => {
    throw new Error('options.ca: no');
  });
  reloader?.reload();
  expect(error).toHaveBeenCalledExactlyOnceWith('pool alpha: certificates stay as they were: options.ca: no');
});
