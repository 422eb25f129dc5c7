import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { TemporaryFolder } from '@shardmux/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Reloader } from '../../src/assemble/reloader.js';

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

/** Resolves when it has had its first look. */
async function watch(...files: string[]): Promise<void> {
  const logger = { debug: vi.fn(), info, warn: vi.fn(), error };
  const looked = vi.fn();
  const target = {
    reload,
    get files() {
      looked();
      return files;
    },
  };
  reloader = new Reloader('pool alpha: certificates', target, logger);
  reloader.start();
  await vi.waitUntil(() => looked.mock.calls.length > 1, { timeout: 5_000 });
}

const reloaded = (times: number) =>
  vi.waitFor(() => expect(reload).toHaveBeenCalledTimes(times), { timeout: 8_000 });

test('files that are written, replaced, removed or put back are read anew', async () => {
  const [one, two] = [folder.write('one', 'a'), folder.write('two', 'a')];
  await watch(one, two);
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
  await watch(join(folder.path, 'tls.crt'));
  symlinkSync('2', `${data}_tmp`);
  renameSync(`${data}_tmp`, data);
  await reloaded(1);
});

test('nothing is read while files still change', async () => {
  const file = folder.write('one', '');
  await watch(file);
  for (let i = 1; i < 15; i++) {
    folder.write('one', 'a'.repeat(i));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(reload).not.toHaveBeenCalled();
  }
  await reloaded(1);
});

test('a fault is logged', async () => {
  await watch(folder.write('one', ''));
  reload.mockImplementation(() => {
    throw new Error('options.ca: no');
  });
  reloader?.reload();
  expect(error).toHaveBeenCalledExactlyOnceWith('pool alpha: certificates stay as they were: options.ca: no');
});
