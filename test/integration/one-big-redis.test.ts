import {
  type Argument,
  connectRaw,
  encodeCommand,
  type RawClient,
  type RedisServer,
  startRedis,
} from '@shardmux/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Shards } from '../support/shards.js';

let shards: Shards;
let plain: RedisServer;
let ours: RawClient;
let theirs: RawClient;

beforeAll(async () => {
  shards = await Shards.start(3);
  plain = await startRedis();
  ours = await connectRaw(shards.endpoint);
  theirs = await connectRaw(plain.endpoint);
});

afterAll(async () => {
  await shards?.stop();
  await plain?.stop();
});

beforeEach(async () => {
  for (const server of [...shards.servers, plain]) {
    const client = await connectRaw(server.endpoint);
    await client.command('FLUSHALL');
    await client.close();
  }
});

/** Sends the same commands to both in one write and compares every reply byte for byte. */
async function compare(commands: Argument[][], chunk = Number.POSITIVE_INFINITY): Promise<void> {
  const bytes = Buffer.concat(commands.map(encodeCommand));
  for (let at = 0; at < bytes.length; at += chunk) ours.send(bytes.subarray(at, at + chunk));
  theirs.send(bytes);
  for (const command of commands) {
    const [mine, reference] = await Promise.all([ours.readRaw(), theirs.readRaw()]);
    expect(mine.toString('latin1'), command.join(' ').slice(0, 200)).toBe(reference.toString('latin1'));
  }
}

const key = fc.oneof(
  fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', '', '{tag}1', '{tag}2'),
  fc.uint8Array({ minLength: 1, maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
);
const value = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.integer({ min: -9, max: 99 }).map(String),
  fc.integer({ min: 1, max: 70_000 }).map((length) => 'v'.repeat(length)),
);
const keys = fc.array(key, { minLength: 1, maxLength: 12 });

const command: fc.Arbitrary<Argument[]> = fc.oneof(
  fc.tuple(fc.constantFrom('GET', 'TYPE', 'STRLEN', 'INCR', 'TTL', 'LLEN', 'HGETALL', 'LPOP'), key),
  fc.tuple(fc.constantFrom('SET', 'APPEND', 'LPUSH', 'SADD', 'GETSET'), key, value),
  fc.tuple(fc.constant('HSET'), key, fc.constantFrom('f', 'g'), value),
  fc.tuple(fc.constant('LRANGE'), key, fc.constant('0'), fc.constant('-1')),
  keys.map((all) => ['MGET', ...all]),
  keys.map((all) => ['DEL', ...all]),
  keys.map((all) => ['UNLINK', ...all]),
  keys.map((all) => ['TOUCH', ...all]),
  keys.map((all) => ['EXISTS', ...all]),
  fc.array(fc.tuple(key, value), { minLength: 1, maxLength: 8 }).map((pairs) => ['MSET', ...pairs.flat()]),
  fc.constantFrom<Argument[]>(
    ['PING'],
    ['PING', 'hello'],
    ['ECHO', 'x'],
    ['GET'],
    ['SET', 'a'],
    ['MSET', 'a', '1', 'b'],
  ),
);

test('any pipeline gives the replies of one Redis, in its order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(command, { minLength: 1, maxLength: 60 }),
      fc.constantFrom(Number.POSITIVE_INFINITY, 1_000, 65_536),
      (commands, chunk) => compare(commands, chunk),
    ),
    { numRuns: 150 },
  );
});

test('MSET, MGET, DEL and EXISTS over all shards', async () => {
  const names = Array.from({ length: 300 }, (_, i) => `key${i}`);
  await compare([
    ['MSET', ...names.flatMap((name) => [name, `value of ${name}`])],
    ['MGET', ...names, 'missing', ...names],
    ['EXISTS', ...names, 'missing', 'key1'],
    ['DEL', ...names.slice(0, 100), 'missing'],
    ['MGET', ...names],
  ]);
});

test('values of every size around the internal buffers', async () => {
  const sizes = [4_096, 16_384, 32_768, 65_536, 131_072, 262_144].flatMap((edge) =>
    Array.from({ length: 129 }, (_, i) => edge - 64 + i),
  );
  for (let i = 0; i < sizes.length; i += 43) {
    await compare(
      sizes.slice(i, i + 43).flatMap((size) => [
        ['SET', `size${size % 7}`, 'x'.repeat(size)],
        ['GET', `size${size % 7}`],
      ]),
    );
  }
}, 60_000);

test('a value of 64 MB, and its neighbours', async () => {
  const large = Buffer.alloc(64 * 1024 * 1024, 'large ');
  await compare([
    ['SET', 'large', large],
    ['SET', 'small', '1'],
    ['GET', 'large'],
    ['GET', 'small'],
    ['MGET', 'small', 'large', 'small'],
  ]);
}, 60_000);

test('a command that comes byte by byte', async () => {
  await compare(
    [
      ['SET', 'slow', 'value'],
      ['GET', 'slow'],
      ['MGET', 'slow', 'a', 'b'],
    ],
    1,
  );
});

test('inline commands', async () => {
  ours.send('SET inline "a b"\r\nGET inline\nping\r\n\r\n*0\r\nGET inline\r\n');
  theirs.send('SET inline "a b"\r\nGET inline\nping\r\n\r\n*0\r\nGET inline\r\n');
  for (let i = 0; i < 4; i++) expect(await ours.readRaw()).toEqual(await theirs.readRaw());
});

test('a client that has sent its last byte still gets every reply', async () => {
  const client = await connectRaw(shards.endpoint);
  client.socket.end(
    Buffer.concat(Array.from({ length: 500 }, (_, i) => encodeCommand(['INCR', `half${i % 5}`]))),
  );
  const replies = await Promise.all(Array.from({ length: 500 }, () => client.read()));
  expect(replies.slice(-5)).toEqual([100, 100, 100, 100, 100]);
  expect(await client.closed).toBeNull();
});
