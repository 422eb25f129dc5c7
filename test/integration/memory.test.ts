import { connect, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { connectRaw, encodeCommand, type RawClient, type RedisServer, startRedis } from '@shardmux/testing';
import { createProxy, type ProxyService } from 'shardmux';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { namedServers, poolFile } from '../support/shards.js';

/**
 * The proxy runs in this process, so that its memory can be measured after a collection. The test's own clients
 * are in the figures too, which only makes them harder to meet.
 */
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function memory(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

let servers: RedisServer[];
let proxy: ProxyService;
let client: RawClient;
let port: number;

beforeAll(async () => {
  servers = await Promise.all([startRedis(), startRedis()]);
  const yaml = await poolFile(
    namedServers(servers),
    [],
    ['log: { level: fatal }', 'stats: { listen: null }'],
  );
  port = Number(/listen: 127\.0\.0\.1:(\d+)/.exec(yaml)?.[1]);
  proxy = createProxy({ yaml });
  await proxy.start();
  client = await connectRaw({ kind: 'tcp', host: '127.0.0.1', port });
});

afterAll(async () => {
  await client?.close();
  await proxy?.stop();
  await Promise.all(servers.map((server) => server.stop()));
});

const MILLION = 1_000_000;

/** A million commands from a client that does not read; says how much memory that took at the most. */
async function flood(): Promise<number> {
  const greedy = await connectRaw({ kind: 'tcp', host: '127.0.0.1', port });
  greedy.socket.pause();
  const batch = Buffer.concat(Array.from({ length: 10_000 }, () => encodeCommand(['GET', 'value'])));
  const before = memory();
  let peak = 0;
  for (let sent = 0; sent < MILLION; sent += 10_000) {
    greedy.socket.write(batch);
    await client.command('GET', 'value');
    peak = Math.max(peak, memory() - before);
  }
  greedy.socket.destroy();
  await greedy.closed;
  return peak;
}

test('a million pipelined commands from a client that does not read: memory is capped, and comes back', async () => {
  await client.command('SET', 'value', 'x'.repeat(1_000));
  await client.command('GET', 'value');
  const rest = memory();
  expect(await flood()).toBeLessThan(24 * 1024 * 1024);
  await vi.waitUntil(() => memory() <= rest * 1.2, { timeout: 10_000, interval: 200 });
}, 120_000);

/** Sends a command and counts the bytes of its reply, keeping none of them. */
async function countReply(socket: Socket, command: Buffer, length: number): Promise<void> {
  let missing = length;
  const counted = new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      missing -= chunk.length;
      if (missing === 0) resolve();
    });
  });
  socket.write(command);
  await counted;
  socket.removeAllListeners('data');
  expect(missing).toBe(0);
}

test('large values leave nothing behind on a connection that goes on', async () => {
  const size = 48 * 1024 * 1024;
  const set = encodeCommand(['SET', 'large', Buffer.alloc(size, 'x')]);
  const get = encodeCommand(['GET', 'large']);
  const socket = connect(port, '127.0.0.1');
  const rest = memory();
  for (let i = 0; i < 3; i++) {
    await countReply(socket, set, '+OK\r\n'.length);
    await countReply(socket, get, `$${size}\r\n`.length + size + 2);
  }
  await countReply(socket, set, '+OK\r\n'.length);
  await vi.waitUntil(() => memory() <= rest * 1.2, { timeout: 10_000, interval: 200 });
  socket.destroy();
}, 60_000);
