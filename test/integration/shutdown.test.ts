import { connectRaw, encodeCommand } from '@shardmux/testing';
import { afterEach, expect, test, vi } from 'vitest';
import { sumOfCounters } from '../support/counters.js';
import { Load } from '../support/load.js';
import { Shards } from '../support/shards.js';

let shards: Shards;

afterEach(() => shards?.stop());

test('SIGTERM under load: every command that ran was answered, then exit 0', async () => {
  shards = await Shards.start(3);
  const load = await Load.start(shards.endpoint, 20, (i) => ['INCR', `counter${i}`]);
  await vi.waitUntil(() => load.outcomes.length > 2_000, 10_000);
  shards.shardmux.process.signal('SIGTERM');
  expect(await shards.shardmux.process.exited).toEqual({ code: 0, signal: null });
  await load.stop();
  expect(await sumOfCounters(shards.servers)).toBe(load.outcomes.length);
});

test('a pipeline that was taken in is answered whole', async () => {
  shards = await Shards.start(2);
  const client = await connectRaw(shards.endpoint);
  await client.command('SET', 'ready', '1');
  client.send(Buffer.concat(Array.from({ length: 2_000 }, () => encodeCommand(['INCR', 'n']))));
  await client.read();
  shards.shardmux.process.signal('SIGTERM');
  let last: unknown = 1;
  for (;;) {
    const reply = await client.read().catch(() => null);
    if (reply === null) break;
    last = reply;
  }
  expect((await shards.shardmux.process.exited).code).toBe(0);
  const values = await Promise.all(
    shards.servers.map(async (server) => {
      const direct = await connectRaw(server.endpoint, { strings: true });
      const value = await direct.command('GET', 'n');
      await direct.close();
      return Number(value ?? 0);
    }),
  );
  expect(last).toBe(Math.max(...values));
});

test('what is not done within drainTimeout is dropped', async () => {
  shards = await Shards.start(1, [], ['drainTimeout: 300']);
  const client = await connectRaw(shards.endpoint);
  await client.command('SET', 'a', '1');
  shards.servers[0].freeze();
  client.send(encodeCommand(['GET', 'a']));
  await vi.waitUntil(() => client.socket.writableLength === 0, 10_000);
  const started = performance.now();
  shards.shardmux.process.signal('SIGTERM');
  expect((await shards.shardmux.process.exited).code).toBe(0);
  expect(performance.now() - started).toBeLessThan(2_000);
  shards.servers[0].thaw();
});

/** What a client waits in, and the proxy with it. */
const waiting: readonly string[] = [
  'BLPOP list 0\r\nPING\r\n',
  'SUBSCRIBE a b c\r\n',
  'HELLO 3\r\nSUBSCRIBE a\r\nCLIENT TRACKING ON\r\nGET a\r\nXREAD BLOCK 0 STREAMS stream $\r\n',
  'WATCH a\r\nMULTI\r\nSET a 1\r\n',
  'MONITOR\r\n',
  'WAIT 1 0\r\n',
  'SET a 1\r\nWAIT 1 0\r\n',
  '*2\r\n$3\r\nGET\r\n$100\r\nhalf',
  'CLIENT PAUSE 60000 WRITE\r\n',
];

test.each([1, 2])(
  'SIGTERM while clients of %i workers wait in every way there is: it ends within drainTimeout',
  async (workers) => {
    shards = await Shards.start(3, [], ['drainTimeout: 500', `workers: ${workers}`]);
    const clients = await Promise.all(waiting.map(() => connectRaw(shards.endpoint)));
    for (const [i, client] of clients.entries()) client.send(waiting[i]);
    const servers = await Promise.all(shards.servers.map(({ endpoint }) => connectRaw(endpoint)));
    await vi.waitFor(async () => {
      const infos = await Promise.all(servers.map((server) => server.command('INFO', 'clients')));
      const blocked = infos.map((info) => Number(/blocked_clients:(\d+)/.exec(String(info))?.[1]));
      expect(blocked.reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(3);
    }, 10_000);
    await Promise.all(servers.map((server) => server.close()));
    const started = performance.now();
    shards.shardmux.process.signal('SIGTERM');
    expect(await shards.shardmux.process.exited).toEqual({ code: 0, signal: null });
    expect(performance.now() - started).toBeLessThan(2_000);
    await Promise.all(clients.map(({ closed }) => closed));
  },
);
