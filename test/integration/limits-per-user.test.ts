import { once } from 'node:events';
import { connectRaw, type RawClient } from '@shardmux/testing';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Shards } from '../support/shards.js';

const FULL = 'ERR max number of clients reached';
/** For a busy machine, and lines on refusals are at least a second apart. */
const PATIENCE = { timeout: 10_000 };
const SETTINGS = [
  'limits: { maxConnectionsPerUser: 2 }',
  'users:',
  '  ada: "on >one ~* +@all"',
  '  bob: "on >two ~* +@all"',
];
const stops: (() => unknown)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function start(workers: number, settings = SETTINGS): Promise<Shards> {
  const shards = await Shards.start(1, settings, [`workers: ${workers}`]);
  stops.push(() => shards.stop());
  return shards;
}

async function come({ endpoint }: Shards): Promise<RawClient> {
  const client = await connectRaw(endpoint, { strings: true });
  stops.push(() => client.close());
  return client;
}

/** Replies to lines of words, errors as text. */
const say = async (client: RawClient, ...lines: string[]) =>
  (await client.pipeline(lines.map((line) => line.split(' ')))).map((reply) =>
    reply instanceof Error ? reply.message : reply,
  );

/** One more client, and what it hears when it says who it is. */
async function comeAs(shards: Shards, auth: string): Promise<{ client: RawClient; answer: unknown }> {
  const client = await come(shards);
  const [answer] = await say(client, auth);
  return { client, answer };
}

/** How many more may be this user, until all that were tried are gone again. */
async function roomFor(shards: Shards, auth: string): Promise<number> {
  const all: RawClient[] = [];
  let room = -1;
  for (let answer: unknown = 'OK'; answer === 'OK'; room++) {
    const next = await comeAs(shards, auth);
    all.push(next.client);
    answer = next.answer;
  }
  await Promise.all(all.map((client) => client.close()));
  return room;
}

describe.each([1, 2])('with %i workers', (workers) => {
  test('a user has no more connections than it may have, others have theirs', async () => {
    const shards = await start(workers);
    const clients = [];
    for (let i = 0; i < 3; i++) clients.push(await comeAs(shards, 'AUTH ada one'));
    expect(clients.map(({ answer }) => answer)).toEqual(['OK', 'OK', FULL]);
    await clients[2].client.closed;
    const told = /was refused: its user has as many connections as it may have \(maxConnectionsPerUser\)/;
    await vi.waitUntil(() => told.test(shards.shardmux.process.log), PATIENCE);
    expect((await comeAs(shards, 'HELLO 3 AUTH ada one')).answer).toBe(FULL);
    expect((await comeAs(shards, 'AUTH bob two')).answer).toBe('OK');
    // Who does not say who it is, or says it wrongly, is nobody's.
    for (let i = 0; i < 3; i++) {
      const nobody = await come(shards);
      const answers = await say(nobody, 'PING', 'AUTH ada wrong', 'PING');
      expect(answers).toEqual(['PONG', expect.stringMatching(/^WRONGPASS/), 'PONG']);
    }
    expect(await say(clients[0].client, 'AUTH ada one', 'ACL WHOAMI')).toEqual(['OK', 'ada']);
  });

  test('who becomes another, resets or leaves in any way makes room', async () => {
    const shards = await start(workers);
    const [one, two] = [await come(shards), await come(shards)];
    await say(one, 'AUTH ada one');
    await say(two, 'AUTH ada one');
    expect((await comeAs(shards, 'AUTH ada one')).answer).toBe(FULL);
    // What comes behind it is answered behind it, and by the user that it is then.
    expect(await say(one, 'SET a 1', 'AUTH bob two', 'GET a', 'ACL WHOAMI')).toEqual([
      'OK',
      'OK',
      '1',
      'bob',
    ]);
    await vi.waitUntil(async () => (await roomFor(shards, 'AUTH ada one')) === 1, PATIENCE);
    expect(await say(two, 'RESET', 'ACL WHOAMI')).toEqual(['RESET', 'default']);
    await vi.waitUntil(async () => (await roomFor(shards, 'AUTH ada one')) === 2, PATIENCE);
    await vi.waitUntil(async () => (await roomFor(shards, 'AUTH bob two')) === 1, PATIENCE);
    one.socket.resetAndDestroy();
    await vi.waitUntil(async () => (await roomFor(shards, 'AUTH bob two')) === 2, PATIENCE);
  });

  test('many that come, change and go at once leave nothing behind', async () => {
    const shards = await start(workers);
    const auths = ['AUTH ada one', 'HELLO 3 AUTH bob two', 'AUTH bob wrong', 'RESET'];
    for (let round = 0; round < 5; round++) {
      const all = await Promise.all(Array.from({ length: 12 }, () => come(shards)));
      for (const [i, { socket }] of all.entries()) {
        const lines = Array.from({ length: 4 }, (_, step) => auths[(i * 7 + step * (round + 1)) % 4]);
        socket.on('error', () => {}).write(lines.map((line) => `${line}\r\n`).join(''));
        // Some leave while they are asked about, some behind it.
        if (i % 3 === 0) socket.resetAndDestroy();
        else if (i % 3 === 1) socket.end();
      }
      await Promise.all(all.map((client) => client.close()));
    }
    for (const auth of ['AUTH ada one', 'AUTH bob two']) {
      await vi.waitUntil(async () => {
        const room = await roomFor(shards, auth);
        expect(room).toBeLessThanOrEqual(2);
        return room === 2;
      }, PATIENCE);
    }
  });

  test('who sends all at once and no more is answered', async () => {
    const shards = await start(workers);
    const client = await come(shards);
    client.socket.end('AUTH ada one\r\nSET a 1\r\nGET a\r\n');
    await client.closed;
    expect(client.unread.toString()).toBe('+OK\r\n+OK\r\n$1\r\n1\r\n');
  });
});

test('in a pool with a password, all that know it are one user', async () => {
  const shards = await start(1, ['limits: { maxConnectionsPerUser: 2 }', 'password: secret']);
  const clients = [];
  for (let i = 0; i < 3; i++) clients.push(await comeAs(shards, 'AUTH secret'));
  expect(clients.map(({ answer }) => answer)).toEqual(['OK', 'OK', FULL]);
  // Where there are no users, a wrong password shuts.
  expect(await say(clients[0].client, 'AUTH wrong')).toEqual(['ERR invalid password']);
  await vi.waitUntil(async () => (await roomFor(shards, 'AUTH secret')) === 1, PATIENCE);
});

test('ioredis comes again until there is room', async () => {
  const shards = await start(1);
  const { host, port } = shards.endpoint as { host: string; port: number };
  const first = await Promise.all([1, 2].map(() => comeAs(shards, 'AUTH ada one')));
  const redis = new Redis({ host, port, username: 'ada', password: 'one', retryStrategy: () => 20 });
  stops.push(() => redis.disconnect());
  await once(redis, 'reconnecting');
  await first[0].client.close();
  expect(await redis.set('a', '1')).toBe('OK');
});
