import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { POOL_FIELDS, type PoolSnapshot } from '@shardmux/core';
import { freePort } from '@shardmux/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StatsServer, type StatsServerOptions } from '../src/stats/stats-server.js';

let warnings: string[];
let server: StatsServer | null;
const logger = { debug() {}, info() {}, warn: (message: string) => void warnings.push(message), error() {} };

beforeEach(() => {
  warnings = [];
  server = null;
});

afterEach(async () => {
  vi.useRealTimers();
  await server?.stop();
});

/** One pool, whose number of fragments tells one collecting from another. */
function pools(fragments: number): PoolSnapshot[] {
  return [{ name: 'pool', values: POOL_FIELDS.map(() => fragments), servers: [] }];
}

/** @returns the port it serves on. */
async function serve(collect: StatsServerOptions['collect'], interval = 0): Promise<number> {
  server = new StatsServer({
    endpoint: { kind: 'tcp', host: '127.0.0.1', port: 0 },
    interval,
    collect,
    logger,
  });
  return (await server.start()).port;
}

function read(port: number): Promise<string> {
  return text(connect(port, '127.0.0.1'));
}

test('every reader is sent figures of the moment', async () => {
  let collected = 0;
  const port = await serve(() => pools(++collected));
  expect(JSON.parse(await read(port)).pool.fragments).toBe(1);
  expect(JSON.parse(await read(port)).pool.fragments).toBe(2);
});

test('readers who come together share one collecting', async () => {
  let underWay = 0;
  let most = 0;
  const port = await serve(async () => {
    most = Math.max(most, ++underWay);
    await nextTurn();
    underWay--;
    return pools(1);
  });
  await Promise.all(Array.from({ length: 50 }, () => read(port)));
  expect(most).toBe(1);
});

test('figures are collected at the interval when nobody asks', async () => {
  let collected = 0;
  await serve(() => pools(++collected), 5);
  await expect.poll(() => collected).toBeGreaterThan(2);
});

test('a reader may send what it likes, and is not reset', async () => {
  const port = await serve(() => pools(1));
  const reader = connect(port, '127.0.0.1');
  reader.write('GET /stats HTTP/1.0\r\n\r\n');
  expect(JSON.parse(await text(reader)).pool.fragments).toBe(1);
});

test('readers that reset, leave early or do not read harm nobody', async () => {
  const port = await serve(async () => {
    await nextTurn();
    return pools(1);
  });
  for (let i = 0; i < 50; i++) {
    const reader = connect(port, '127.0.0.1');
    await once(reader, 'connect');
    if (i % 2 === 0) reader.resetAndDestroy();
    else reader.destroy();
  }
  const idle = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).pause();
  await once(idle, 'connect');
  expect(JSON.parse(await read(port)).pool.fragments).toBe(1);
  expect(warnings).toEqual([]);
  // It would have to wait for the idle one, if that could hold it.
  await server?.stop();
  idle.destroy();
});

test('a reader that stays is disconnected in the end, even if it goes on sending', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const port = await serve(() => pools(1));
  const reader = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).resume();
  const refused = new Promise<Error>((resolve) => reader.once('error', resolve));
  await once(reader, 'end');
  vi.advanceTimersByTime(5_000);
  const sending = setInterval(() => reader.write('x'), 5);
  expect(await refused).toMatchObject({ code: expect.stringMatching(/^(EPIPE|ECONNRESET)$/) });
  clearInterval(sending);
});

test.each([
  [
    'throws',
    () => {
      throw new Error('no figures');
    },
  ],
  ['rejects', () => Promise.reject(new Error('no figures'))],
] as const)('a collecting that %s leaves a warning and no document', async (_, collect) => {
  const port = await serve(collect);
  expect(await read(port)).toBe('');
  expect(warnings).toEqual(['statistics: no figures']);
});

test('a port that is taken is an error, and stopping after it is none', async () => {
  const port = await serve(() => pools(1));
  const second = new StatsServer({
    endpoint: { kind: 'tcp', host: '127.0.0.1', port },
    interval: 0,
    collect: () => pools(2),
    logger,
  });
  await expect(second.start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await second.stop();
});

test('it can be started again on the same port once stopped', async () => {
  const port = await freePort();
  const options = { endpoint: { kind: 'tcp', host: '127.0.0.1', port } as const, interval: 0, logger };
  const first = new StatsServer({ ...options, collect: () => pools(1) });
  await first.start();
  await read(port);
  await first.stop();
  await first.stop();
  server = new StatsServer({ ...options, collect: () => pools(2) });
  await server.start();
  expect(JSON.parse(await read(port)).pool.fragments).toBe(2);
});
