import type { RawClient } from '@shardmux/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { rawClients } from '../support/raw-clients.js';
import { Shards } from '../support/shards.js';

const WORKERS = 3;
/** So many that every worker has some: they are handed out in turn. */
const CLIENTS = 4 * WORKERS;

let shards: Shards;
const connect = rawClients(() => shards.endpoint);

beforeAll(async () => {
  shards = await Shards.start(1, [], [`workers: ${WORKERS}`]);
  // The first one that listens is enough for the proxy to be there.
  await vi.waitUntil(async () => workersOf((await connectAll()).ids) === WORKERS, { timeout: 10_000 });
});

afterAll(() => shards?.stop());

async function connectAll(): Promise<{ asker: RawClient; others: RawClient[]; ids: string[] }> {
  const all = await Promise.all(Array.from({ length: CLIENTS }, () => connect()));
  const ids = await Promise.all(all.map(async (client) => String(await client.command('CLIENT', 'ID'))));
  const [asker, ...others] = all;
  return { asker, others, ids };
}

/** How many workers gave these ids. */
const workersOf = (ids: readonly string[]) => new Set(ids.map((id) => Math.floor(Number(id) / 2 ** 32))).size;

const idsIn = (list: unknown): string[] => Array.from(String(list).matchAll(/^id=(\d+) /gm), ([, id]) => id);

test('ids are unique over all workers, and CLIENT LIST has them all', async () => {
  const { asker, ids } = await connectAll();
  expect(new Set(ids).size).toBe(CLIENTS);
  expect(workersOf(ids)).toBe(WORKERS);
  expect(idsIn(await asker.command('CLIENT', 'LIST'))).toEqual(expect.arrayContaining(ids));
  expect(idsIn(await asker.command('CLIENT', 'LIST', 'ID', ...ids)).sort()).toEqual([...ids].sort());
});

test('CLIENT KILL ends clients of every worker', async () => {
  const { asker, others, ids } = await connectAll();
  expect(await asker.command('CLIENT', 'KILL', 'ID', ids[1])).toBe(1);
  expect(await asker.command('CLIENT', 'KILL', `127.0.0.1:${others[1].socket.localPort}`)).toBe('OK');
  expect(await asker.command('CLIENT', 'KILL', 'TYPE', 'normal')).toBe(CLIENTS - 3);
  await Promise.all(others.map(({ closed }) => closed));
  expect(await asker.command('PING')).toBe('PONG');
  expect(String(await asker.commandRaw('CLIENT', 'KILL', '127.0.0.1:1'))).toBe('-ERR No such client\r\n');
});

test('CLIENT UNBLOCK finds whom it means', async () => {
  const { asker, others, ids } = await connectAll();
  const replies = others.map((client) => client.commandRaw('BLPOP', 'list', '0'));
  await vi.waitFor(async () => {
    expect(String(await asker.command('CLIENT', 'LIST')).match(/ flags=b /g)).toHaveLength(others.length);
  }, 5_000);
  for (const id of ids.slice(1)) expect(await asker.command('CLIENT', 'UNBLOCK', id)).toBe(1);
  expect((await Promise.all(replies)).map(String)).toEqual(others.map(() => '*-1\r\n'));
  expect(await asker.command('CLIENT', 'UNBLOCK', ids[1])).toBe(0);
});

test('CLIENT PAUSE and UNPAUSE are for the clients of every worker', async () => {
  const { asker, others } = await connectAll();
  expect(await asker.command('CLIENT', 'PAUSE', '60000', 'WRITE')).toBe('OK');
  let done = 0;
  const writes = others.map(async (client, i) => {
    await client.command('SET', `key${i}`, '1');
    done++;
  });
  expect(await asker.command('GET', 'key1')).toBe(null);
  expect(idsIn(await asker.command('CLIENT', 'LIST')).length).toBeGreaterThanOrEqual(CLIENTS);
  expect(done).toBe(0);
  expect(await asker.command('CLIENT', 'UNPAUSE')).toBe('OK');
  await Promise.all(writes);
});

test('CLIENT TRACKING redirects to a client of the same worker, and refuses one of another', async () => {
  const { asker, ids } = await connectAll();
  const [worker] = ids.map((id) => Math.floor(Number(id) / 2 ** 32));
  for (const id of ids) {
    const reply = String(await asker.commandRaw('CLIENT', 'TRACKING', 'ON', 'REDIRECT', id));
    const isHere = Math.floor(Number(id) / 2 ** 32) === worker;
    expect(reply).toMatch(isHere ? /^\+OK/ : /^-ERR .* to a client that another worker serves/);
  }
  expect(String(await asker.commandRaw('CLIENT', 'TRACKING', 'ON', 'REDIRECT', '7'))).toBe(
    '-ERR The client ID you want redirect to does not exist\r\n',
  );
});
