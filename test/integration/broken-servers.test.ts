import {
  connectRaw,
  encodeCommand,
  type RawClient,
  type ScriptedNode,
  startRedis,
  startScriptedNode,
} from '@shardmux/testing';
import { afterEach, expect, test } from 'vitest';
import { startHesitantNode } from '../support/hesitant-node.js';
import { Shardmux } from '../support/shardmux.js';
import { namedServers, poolFile } from '../support/shards.js';

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** shardmux in front of one scripted server. */
async function before(node: ScriptedNode, settings: readonly string[] = []): Promise<RawClient> {
  cleanups.push(() => node.stop());
  const shardmux = await Shardmux.start(await poolFile([`${node.host}:${node.port}:1`], settings));
  cleanups.push(() => shardmux.stop());
  return connectRaw(shardmux.endpoints[0]);
}

const errorOf = (reply: unknown) => (reply instanceof Error ? reply.message : String(reply));

test('garbage closes that link alone, all that waited get a clear error, and the next request works', async () => {
  const node = await startScriptedNode(async (peer) => {
    await peer.command();
    if (peer.index === 0) peer.send('%garbage\r\n');
    else peer.send('+OK\r\n');
  });
  const client = await before(node);
  const replies = await client.pipeline([
    ['SET', 'a', '1'],
    ['SET', 'b', '1'],
    ['GET', 'a'],
  ]);
  expect(replies.map(errorOf)).toEqual(Array(3).fill('ERR Invalid argument (malformed reply from server)'));
  expect(String(await client.command('SET', 'a', '1'))).toBe('OK');
});

test('a reply that nobody asked for never shifts the others', async () => {
  const node = await startScriptedNode(async (peer) => {
    if (peer.index === 0) {
      await peer.command();
      peer.send('+first\r\n+early\r\n');
      return;
    }
    for (;;) {
      const [, key] = await peer.command();
      peer.send(`+${key}\r\n`);
    }
  });
  const client = await before(node);
  expect(String(await client.command('GET', 'x'))).toBe('first');
  for (const key of ['a', 'b', 'c']) expect(String(await client.command('GET', key))).toBe(key);
});

test('a server that closes in the middle of a reply: an error, and nothing half is passed on', async () => {
  const node = await startScriptedNode(async (peer) => {
    await peer.command();
    if (peer.index > 0) {
      peer.send('+whole\r\n');
      return;
    }
    peer.send('$10\r\nhal');
    peer.end();
  });
  const client = await before(node);
  expect(errorOf(await client.command('GET', 'x'))).toBe(
    'ERR unknown (server closed the connection, the outcome is unknown)',
  );
  expect(String(await client.command('GET', 'x'))).toBe('whole');
});

test('a timeout answers that request and spares the link: its late reply is swallowed', async () => {
  const { node, release } = await startHesitantNode('+late\r\n');
  const client = await before(node, ['timeout: 150']);
  const started = performance.now();
  expect(errorOf(await client.command('GET', 'slow'))).toBe('ERR Connection timed out');
  expect(performance.now() - started).toBeLessThan(2_000);
  release();
  expect(String(await client.command('GET', 'next'))).toBe('next');
  expect(node.peers.length).toBe(1);
});

test('a refused handshake runs nothing in the wrong database', async () => {
  const node = await startScriptedNode(async (peer) => {
    for (;;) {
      const [name] = await peer.command();
      peer.send(String(name).toUpperCase() === 'SELECT' ? '-ERR DB index is out of range\r\n' : '+done\r\n');
    }
  });
  const client = await before(node, ['database: 7']);
  expect(errorOf(await client.command('SET', 'a', '1'))).toBe('ERR Connection refused');
  expect(node.peers[0].received.toString()).not.toContain('SET\r\n');
});

test('a write that reached some shards says how many', async () => {
  const redis = await startRedis();
  cleanups.push(() => redis.stop());
  const node = await startScriptedNode(async (peer) => {
    await peer.command();
    peer.end();
  });
  cleanups.push(() => node.stop());
  const shardmux = await Shardmux.start(await poolFile(namedServers([redis, node])));
  cleanups.push(() => shardmux.stop());
  const client = await connectRaw(shardmux.endpoints[0]);
  const names = Array.from({ length: 20 }, (_, i) => `key${i}`);
  const error = errorOf(await client.command('MSET', ...names.flatMap((name) => [name, '1'])));
  expect(error).toBe(
    'ERR unknown (server closed the connection, the outcome is unknown) (applied on 1 of 2 shards)',
  );
  const direct = await connectRaw(redis.endpoint);
  expect(await direct.command('DBSIZE')).toBeGreaterThan(0);
  await direct.close();
});

test.each([
  ['none', 'ERR unknown (server closed the connection, the outcome is unknown)'],
  ['idempotent', 'second'],
])('retry: %s', async (retry, expected) => {
  const node = await startScriptedNode(async (peer) => {
    await peer.command();
    if (peer.index === 0) peer.end();
    else peer.send('+second\r\n');
  });
  const client = await before(node, [`retry: ${retry}`]);
  expect(errorOf(await client.command('GET', 'x'))).toBe(expected);
});

test('a write is never sent twice', async () => {
  const node = await startScriptedNode(async (peer) => {
    await peer.command();
    peer.end();
  });
  const client = await before(node, ['retry: idempotent']);
  client.send(Buffer.concat([encodeCommand(['INCR', 'x']), encodeCommand(['GET', 'x'])]));
  expect(errorOf(await client.read())).toBe(
    'ERR unknown (server closed the connection, the outcome is unknown)',
  );
  await client.read();
  const commands = node.peers.map((peer) => peer.received.toString()).join('');
  expect(commands.match(/INCR/g)).toHaveLength(1);
});
