import { connectRaw, type RawClient } from '@shardmux/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Shards } from '../support/shards.js';

/** On all three servers. */
const KEYS = Array.from({ length: 12 }, (_, i) => `key${i}`);

let shards: Shards;
let servers: RawClient[];
let other: RawClient;

beforeAll(async () => {
  shards = await Shards.start(3, ['crossShard: gather', 'distribution: modula']);
  servers = await Promise.all(shards.servers.map(({ endpoint }) => connectRaw(endpoint, { strings: true })));
});

afterAll(async () => {
  await Promise.all(servers?.map((server) => server.close()) ?? []);
  await shards?.stop();
});

beforeEach(async () => {
  other = await connectRaw(shards.endpoint, { strings: true });
  await other.command('FLUSHALL');
});

afterEach(() => other.close());

/** A key of one server, that server, and likewise another. */
async function twoPlaces(): Promise<[string, RawClient, string, RawClient]> {
  for (const key of KEYS) await other.command('SADD', key, 'x');
  const homes = await Promise.all(
    KEYS.map(async (key) => {
      const there = await Promise.all(servers.map((server) => server.command('EXISTS', key)));
      return servers[there.indexOf(1)];
    }),
  );
  const at = homes.findIndex((home) => home !== homes[0]);
  return [KEYS[0], homes[0], KEYS[at], homes[at]];
}

/** How many connections servers have that remember keys for their client. */
async function trackingLinks(): Promise<number> {
  const lists = await Promise.all(servers.map((server) => server.command('CLIENT', 'LIST')));
  return lists.join('').match(/flags=\S*t/g)?.length ?? 0;
}

const tracking = 'CLIENT TRACKING ON';

test.each([
  ['SMOVE', 'GET x'],
  ['SMOVE', tracking],
  ['RENAME', 'GET x'],
  ['RENAME', tracking],
])('%s is not left half done by a client that leaves, after %s', async (name, before) => {
  const [source, here, target, there] = await twoPlaces();
  await other.command('SADD', source, 'moved');
  const leaving = await connectRaw(shards.endpoint, { strings: true });
  const id = String(await leaving.command('CLIENT', 'ID'));
  await leaving.commandRaw('HELLO', '3');
  await leaving.commandRaw(...before.split(' '));
  await here.command('CLIENT', 'PAUSE', '60000', 'WRITE');
  try {
    leaving.send(`${name} ${source} ${target}${name === 'SMOVE' ? ' moved' : ''}\r\n`);
    await expect.poll(() => there.command('SISMEMBER', target, 'moved')).toBe(1);
    expect(await other.command('CLIENT', 'KILL', 'ID', id)).toBe(1);
    await leaving.closed;
    // Whose links are none of those that the first one has to its end.
    await useTracking();
  } finally {
    await here.command('CLIENT', 'UNPAUSE');
  }
  await expect.poll(() => here.command('SISMEMBER', source, 'moved')).toBe(0);
  expect(await there.command('SISMEMBER', target, 'moved')).toBe(1);
  await expect.poll(() => trackingLinks()).toBe(0);
});

/** Another client comes, tracks keys on every server, and goes. */
async function useTracking(): Promise<void> {
  const client = await connectRaw(shards.endpoint, { strings: true });
  await client.commandRaw('HELLO', '3');
  await client.commandRaw(...tracking.split(' '));
  for (const key of KEYS) await client.commandRaw('EXISTS', key);
  await client.close();
}
