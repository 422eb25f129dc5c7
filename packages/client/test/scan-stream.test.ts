import { once } from 'node:events';
import { expect, test } from 'vitest';
import { type ScanPage, ScanStream } from '../src/scans/scan-stream.js';

/** A server whose pages come when they are let go. */
function slowServer() {
  const asked: string[] = [];
  const answers: ((page: readonly [string, unknown[]]) => void)[] = [];
  const page: ScanPage = (cursor) => {
    asked.push(cursor);
    return new Promise((resolve) => answers.push(resolve));
  };
  return { asked, page, answer: (next: string, elements: unknown[]) => answers.shift()!([next, elements]) };
}

test('one server after the other, each from the cursor that it gave', async () => {
  const pages = new Map([
    ['0', ['7', ['a', 'b']] as const],
    ['7', ['0', []] as const],
  ]);
  const asked: string[] = [];
  const server: ScanPage = async (cursor) => {
    asked.push(cursor);
    const [next, elements] = pages.get(cursor)!;
    return [next, [...elements]];
  };
  const stream = new ScanStream(async () => [server, server]);
  expect(await stream.toArray()).toEqual([['a', 'b'], [], ['a', 'b'], []]);
  expect(asked).toEqual(['0', '7', '0', '7']);
});

test('closed while a page is on its way: it ends, without an error, and asks for no more', async () => {
  const { asked, page, answer } = slowServer();
  const stream = new ScanStream(async () => [page, page]);
  const seen: unknown[] = [];
  stream.on('data', (elements) => seen.push(elements));
  await expect.poll(() => asked).toEqual(['0']);
  stream.close();
  answer('7', ['late']);
  await once(stream, 'end');
  await new Promise(setImmediate);
  expect(asked).toEqual(['0']);
  expect(stream.errored).toBeNull();
});

test('closed before anything is asked for', async () => {
  const { asked, page } = slowServer();
  const stream = new ScanStream(async () => [page]);
  stream.close();
  expect(await stream.toArray()).toEqual([]);
  expect(asked).toEqual([]);
});

test('a page that cannot be had is the error of the stream', async () => {
  const stream = new ScanStream(async () => [() => Promise.reject(new Error('lost'))]);
  await expect(stream.toArray()).rejects.toThrow('lost');
});
