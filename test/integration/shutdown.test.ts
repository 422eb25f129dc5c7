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
  await vi.waitUntil(() => load.outcomes.length > 2_000);
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
  await vi.waitUntil(() => client.socket.writableLength === 0);
  const started = performance.now();
  shards.shardmux.process.signal('SIGTERM');
  expect((await shards.shardmux.process.exited).code).toBe(0);
  expect(performance.now() - started).toBeLessThan(2_000);
  shards.servers[0].thaw();
});
