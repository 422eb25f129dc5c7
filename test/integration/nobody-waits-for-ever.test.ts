import { setTimeout as sleep } from 'node:timers/promises';
import { connectRaw, encodeCommand, type RawClient, startRedis, startScriptedNode } from '@shardmux/testing';
import { afterEach, expect, test } from 'vitest';
import { startHesitantNode } from '../support/hesitant-node.js';
import { Shardmux } from '../support/shardmux.js';
import { namedServers, poolFile, Shards } from '../support/shards.js';

/** Each test once was a session that hung, or lost its last reply. */
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function shardsWith(
  count: number,
  settings: readonly string[],
): Promise<{ shards: Shards; client: RawClient }> {
  const shards = await Shards.start(count, settings);
  cleanups.push(() => shards.stop());
  return { shards, client: await connectRaw(shards.endpoint) };
}

/** A key for each server. */
async function keyPerServer(shards: Shards, client: RawClient): Promise<string[]> {
  const names = Array.from({ length: 100 }, (_, i) => `key${i}`);
  await client.command('MSET', ...names.flatMap((name) => [name, 'x']));
  return Promise.all(
    shards.servers.map(async (server) => {
      const direct = await connectRaw(server.endpoint, { strings: true });
      const key = (await direct.command('RANDOMKEY')) as string;
      await direct.close();
      return key;
    }),
  );
}

test('a session with a timed-out request on one shard goes on when another is ejected', async () => {
  const { shards, client } = await shardsWith(3, [
    'timeout: 150',
    'failover: { use: auto-eject, failureLimit: 2, retryTimeout: 60000 }',
  ]);
  const [a, b, c] = await keyPerServer(shards, client);
  shards.servers[0].freeze();
  shards.servers[1].freeze();
  for (const key of [b, a, a]) expect(String(await client.command('GET', key))).toMatch(/timed out/);
  expect(String(await client.command('GET', c))).toBe('x');
});

test('a link full of requests that timed out is given up, and holds nobody back', async () => {
  const { shards, client } = await shardsWith(2, ['timeout: 150', 'limits: { maxLinkBytes: 1000 }']);
  const [dead, live] = await keyPerServer(shards, client);
  shards.servers[0].freeze();
  for (let i = 0; i < 5; i++) {
    expect(String(await client.command('SET', dead, 'x'.repeat(300)))).toMatch(/timed out/);
  }
  expect(String(await client.command('GET', live))).toBe('x');
  shards.servers[0].thaw();
  expect(String(await client.command('SET', dead, 'back'))).toBe('OK');
});

test('a session that waits for room on a link goes on when its requests expire before the link opens', async () => {
  const { node, release } = await startHesitantNode('+OK\r\n');
  cleanups.push(() => node.stop());
  const yaml = await poolFile(
    [`127.0.0.1:${node.port}:1`],
    ['timeout: 150', 'database: 1', 'limits: { maxLinkBytes: 20 }'],
  );
  const shardmux = await Shardmux.start(yaml);
  cleanups.push(() => shardmux.stop());
  const client = await connectRaw(shardmux.endpoints[0]);
  expect(String(await client.command('GET', 'early'))).toMatch(/timed out/);
  release();
  expect(String(await client.command('GET', 'later'))).toBe('later');
});

test('a read that may be retried is not taken to a server that was just ejected', async () => {
  const node = await startScriptedNode(async (peer) => {
    await peer.command();
    peer.reset();
  });
  cleanups.push(() => node.stop());
  const redis = await startRedis();
  cleanups.push(() => redis.stop());
  const yaml = await poolFile(namedServers([node, redis]), [
    'timeout: 500',
    'retry: idempotent',
    'failover: { use: auto-eject, failureLimit: 1, retryTimeout: 60000 }',
  ]);
  const shardmux = await Shardmux.start(yaml);
  cleanups.push(() => shardmux.stop());
  const client = await connectRaw(shardmux.endpoints[0]);
  const names = Array.from({ length: 40 }, (_, i) => `key${i}`);
  const replies = await client.pipeline(names.map((name) => ['GET', name]));
  const after = await client.pipeline(names.map((name) => ['GET', name]));
  expect(replies.filter((reply) => reply !== null).map(String)).toContainEqual(
    expect.stringMatching(/closed the connection/),
  );
  expect(after).toEqual(names.map(() => null));
  expect(node.peers.length).toBe(1);
});

test('a slow reader gets all that it asked for before it said goodbye', async () => {
  const { client } = await shardsWith(1, []);
  const size = 24 * 1024 * 1024;
  await client.command('SET', 'large', Buffer.alloc(size, 'x'));
  client.socket.pause();
  client.send(Buffer.concat([['GET', 'large'], ['GET', 'large'], ['QUIT']].map(encodeCommand)));
  // Longer than the proxy waits for a client whose last reply is sent.
  await sleep(2_500);
  client.socket.resume();
  expect((await client.readRaw()).length).toBe(`$${size}\r\n`.length + size + 2);
  expect((await client.readRaw()).length).toBe(`$${size}\r\n`.length + size + 2);
  expect(String(await client.read())).toBe('OK');
  expect(await client.closed).toBeNull();
});
