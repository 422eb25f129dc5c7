import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectRaw, encodeCommand, type RawClient } from '@shardmux/testing';
import { afterEach, expect, test, vi } from 'vitest';
import { Shards } from '../support/shards.js';
import { readStats } from '../support/stats.js';

let shards: Shards;

afterEach(() => shards?.stop());

/** Resident memory of the proxy in bytes. */
function memory(): number {
  const status = readFileSync(`/proc/${shards.shardmux.process.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

test('a million pipelined commands from a client that does not read: memory is capped, others are served', async () => {
  shards = await Shards.start(2, ['limits: { maxSessionBytes: 1048576 }']);
  const other = await connectRaw(shards.endpoint);
  await other.command('SET', 'k', 'x'.repeat(1_000));
  const idle = memory();
  const greedy = await connectRaw(shards.endpoint);
  greedy.socket.pause();
  const batch = Buffer.concat(Array.from({ length: 1_000 }, () => encodeCommand(['GET', 'k'])));
  for (let i = 0; i < 1_000; i++) greedy.socket.write(batch);
  await vi.waitUntil(() => greedy.socket.writableLength > 0 && greedy.socket.bytesWritten > 0, 10_000);
  let peak = 0;
  for (let i = 0; i < 50; i++) {
    expect(String(await other.command('GET', 'k'))).toHaveLength(1_000);
    peak = Math.max(peak, memory());
    await sleep(20);
  }
  // V8 keeps some garbage of its own; a reply for each of the million commands would be a gigabyte.
  expect(peak - idle).toBeLessThan(128 * 1024 * 1024);

  // It has not lost its place: when it reads, every reply comes.
  greedy.socket.resume();
  for (let i = 0; i < 1_000_000; i++) {
    const reply = await greedy.readRaw();
    if (i % 100_000 === 0) expect(reply.length).toBe(1_009);
  }
  await Promise.all([greedy.close(), other.close()]);
}, 120_000);

test('a client that never reads is cut off at its limit', async () => {
  shards = await Shards.start(1, ['limits: { maxOutputBytes: 2097152 }']);
  const client = await connectRaw(shards.endpoint);
  await client.command('SET', 'large', Buffer.alloc(8 * 1024 * 1024));
  client.socket.pause();
  for (let i = 0; i < 8; i++) client.send(encodeCommand(['GET', 'large']));
  await vi.waitUntil(
    async () => {
      const { document } = await readStats(shards.shardmux.statsPort);
      return (document.alpha as Record<string, number>).client_connections === 0;
    },
    { timeout: 10_000 },
  );
  client.socket.destroy();
});

test('more clients than maxClients are refused with the reason; one that leaves makes room', async () => {
  shards = await Shards.start(1, ['limits: { maxClients: 3 }']);
  const clients = await Promise.all([1, 2, 3].map(() => connectRaw(shards.endpoint)));
  for (const client of clients) expect(String(await client.command('PING'))).toBe('PONG');
  const refused = await connectRaw(shards.endpoint);
  expect((await refused.readRaw()).toString()).toBe('-ERR max number of clients reached\r\n');
  await refused.closed;
  await clients[0].close();
  await vi.waitUntil(async () => {
    const next = await connectRaw(shards.endpoint);
    const reply = String(await next.command('PING').catch(() => 'closed'));
    await next.close();
    return reply === 'PONG';
  }, 10_000);
  for (const client of clients.slice(1)) expect(String(await client.command('PING'))).toBe('PONG');
});

test('a silent client is closed after idleTimeout, a busy one is not', async () => {
  shards = await Shards.start(1, ['limits: { idleTimeout: 1500 }']);
  const silent = await connectRaw(shards.endpoint);
  const busy = await connectRaw(shards.endpoint);
  let gone = false;
  silent.closed.then(() => {
    gone = true;
  });
  await vi.waitUntil(
    async () => {
      expect(String(await busy.command('PING'))).toBe('PONG');
      return gone;
    },
    { timeout: 8_000, interval: 100 },
  );
  await busy.close();
});

test('a deep pipeline is worked off in parts, in order', async () => {
  shards = await Shards.start(3, ['limits: { maxPipeline: 16, maxLinkBytes: 4096, maxSessionBytes: 8192 }']);
  const client = await connectRaw(shards.endpoint);
  const commands = Array.from({ length: 5_000 }, (_, i) => ['ECHO', String(i)]).map((echo, i) =>
    i % 2 === 0 ? echo : ['INCR', `counter${i % 10}`],
  );
  const replies = await client.pipeline(commands);
  expect(replies.filter((_, i) => i % 2 === 0).map(String)).toEqual(
    Array.from({ length: 2_500 }, (_, i) => String(2 * i)),
  );
  expect(replies.slice(-9).filter((reply) => typeof reply === 'number')).toEqual([500, 500, 500, 500, 500]);
  await client.close();
});

test('thousands of connects and closes leave nothing behind', async () => {
  shards = await Shards.start(1);
  const descriptors = () => readdirSync(`/proc/${shards.shardmux.process.pid}/fd`).length;
  const first = await connectRaw(shards.endpoint);
  await first.command('SET', 'a', '1');
  const before = descriptors();
  for (let round = 0; round < 50; round++) {
    const clients = await Promise.all(Array.from({ length: 100 }, () => connectRaw(shards.endpoint)));
    for (const [i, client] of clients.entries()) {
      client.send(encodeCommand(['GET', 'a']));
      if (i % 2 === 0) client.socket.resetAndDestroy();
    }
    await Promise.all(clients.map((client) => client.close()));
  }
  await vi.waitUntil(() => descriptors() === before, { timeout: 10_000 });
  await first.close();
}, 60_000);

test('thousands of idle connections hold no buffers', async () => {
  shards = await Shards.start(1);
  const clients: RawClient[] = [];
  const connect = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const client = await connectRaw(shards.endpoint);
      await client.command('GET', 'a');
      clients.push(client);
    }
  };
  await connect(200);
  const before = memory();
  await connect(2_000);
  expect((memory() - before) / 2_000).toBeLessThan(20_000);
  await Promise.all(clients.map((client) => client.close()));
}, 60_000);
