import {
  connectRaw,
  encodeCommand,
  type RawClient,
  type RedisServer,
  startRedis,
  startRelay,
} from '@shardmux/testing';
import fc from 'fast-check';
import { createClient } from 'shardmux';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { poolOf } from '../support/client.js';
import { type Command, changes, contents, crossing, KEYS } from '../support/crossing-commands.js';
import { Shards } from '../support/shards.js';

/*
 * Commands whose keys lie on several servers, gathered: every reply and all that is left behind is as of one Redis.
 */

/** Where keys lie does not depend on the servers' ports. */
const GATHER = { crossShard: 'gather', distribution: 'modula', hashTag: '{}' };
const SETTINGS = Object.entries(GATHER).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
let shards: Shards;
let plain: RedisServer;
let ours: RawClient;
let theirs: RawClient;
let servers: RawClient[];

beforeAll(async () => {
  shards = await Shards.start(3, SETTINGS);
  plain = await startRedis();
  servers = await Promise.all(shards.servers.map(({ endpoint }) => connectRaw(endpoint)));
});

afterAll(async () => {
  await Promise.all(servers?.map((server) => server.close()) ?? []);
  await shards?.stop();
  await plain?.stop();
});

beforeEach(async () => {
  ours = await connectRaw(shards.endpoint, { strings: true });
  theirs = await connectRaw(plain.endpoint, { strings: true });
  for (const client of [ours, theirs]) await client.command('FLUSHALL');
});

afterEach(async () => {
  await ours.close();
  await theirs.close();
});

const unordered = new Set(['SINTER', 'SUNION', 'SDIFF', 'SMEMBERS']);

/** The bytes of the replies to commands that go out in one write. */
async function replies(client: RawClient, commands: readonly Command[]): Promise<string[]> {
  client.send(Buffer.concat(commands.map(encodeCommand)));
  const all: string[] = [];
  for (const [name] of commands) {
    const reply = (await client.readRaw()).toString('latin1');
    all.push(unordered.has(name) ? reply.split('\r\n').sort().join() : reply);
  }
  return all;
}

async function compare(...commands: Command[]): Promise<void> {
  const [mine, reference] = await Promise.all([replies(ours, commands), replies(theirs, commands)]);
  for (const [i, command] of commands.entries()) expect(mine[i], command.join(' ')).toBe(reference[i]);
}

const READS: Readonly<Record<string, (key: string) => Command>> = {
  string: (key) => ['GET', key],
  set: (key) => ['SMEMBERS', key],
  list: (key) => ['LRANGE', key, '0', '-1'],
  zset: (key) => ['ZRANGE', key, '0', '-1', 'WITHSCORES'],
  hash: (key) => ['HGETALL', key],
  none: (key) => ['EXISTS', key],
};

/** All keys are the same, with when they end, and there are no others. */
async function compareContents(): Promise<void> {
  const types = await theirs.pipeline(KEYS.map((key) => ['TYPE', key]));
  await compare(
    ...KEYS.flatMap((key, i) => [['TYPE', key], ['PEXPIRETIME', key], READS[String(types[i])](key)]),
    ['DBSIZE'],
  );
}

test('the keys are on all servers', async () => {
  await ours.pipeline(KEYS.map((name) => ['SET', name, '1']));
  for (const server of servers) expect(await server.command('DBSIZE')).toBeGreaterThan(1);
});

describe.each([
  ['2', '0'],
  ['3', '0'],
  ['3', '5'],
])('in RESP%s and database %s', (protocol, database) => {
  beforeEach(async () => {
    for (const client of [ours, theirs]) {
      await client.commandRaw('HELLO', protocol);
      await client.command('SELECT', database);
    }
  });

  test.each(['sets', 'lists', 'sorted sets', 'counters', 'strings', 'places', 'all'])(
    'any stream of such commands is answered as by one Redis, on %s',
    async (kind) => {
      const content = contents[kind] ?? fc.oneof(...Object.values(contents));
      const filling = fc.array(fc.oneof({ weight: 4, arbitrary: content }, changes), { maxLength: 30 });
      const commands = fc.array(crossing, { minLength: 1, maxLength: 12 });
      await fc.assert(
        fc.asyncProperty(filling, commands, async (first, then) => {
          await compare(['FLUSHALL'], ...first, ...then);
          await compareContents();
        }),
        { numRuns: 60 },
      );
    },
  );
});

test('large values', async () => {
  const value = Buffer.alloc(20 * 2 ** 20, 'value').toString();
  const members = Array.from({ length: 50_000 }, (_, i) => `member${i}`);
  await compare(
    ['SET', 'key0', value],
    ['SET', 'key1', value.slice(1)],
    ['BITOP', 'XOR', 'key2', 'key0', 'key1', 'key3'],
    ['RENAME', 'key0', 'key4'],
    ['COPY', 'key4', 'key5'],
    ['SADD', 'key6', ...members],
    ['SADD', 'key7', ...members.slice(9)],
    ['SDIFF', 'key6', 'key7', 'key8'],
    ['SUNIONSTORE', 'key8', 'key6', 'key7'],
  );
  await compareContents();
});

test.each([
  ['MSETNX', 'key0', '1', 'key1', '1', 'key2', '1'],
  ['LMPOP', '3', 'key0', 'key1', 'key2', 'LEFT'],
  ['ZMPOP', '3', 'key0', 'key1', 'key2', 'MIN'],
  ['BLMOVE', 'key0', 'key1', 'LEFT', 'LEFT', '1'],
  ['EVAL', 'return 1', '3', 'key0', 'key1', 'key2'],
  ['SORT', 'key0', 'BY', '{key1}*', 'GET', '{key2}*', 'STORE', 'key3'],
  ['SORT', 'key0', 'BY', '{key1}*'],
])('%s %s … is refused as before', async (...command) => {
  expect((await ours.commandRaw(...command)).toString()).toMatch(/^-CROSSSLOT /);
});

test('within a transaction they are refused as before', async () => {
  const run = await ours.pipeline([['MULTI'], ['SUNIONSTORE', ...KEYS], ['EXEC'], ['PING']]);
  expect(run.slice(0, 2)).toEqual(['OK', 'QUEUED']);
  expect(String(run[2])).toMatch(/CROSSSLOT/);
  expect(run[3]).toBe('PONG');
});

/** Two keys on different servers. */
const [HERE, THERE] = ['key0', 'key1'];

describe('many clients at once', () => {
  let clients: RawClient[];

  beforeEach(async () => {
    clients = await Promise.all(
      Array.from({ length: 4 }, () => connectRaw(shards.endpoint, { strings: true })),
    );
  });

  afterEach(() => Promise.all(clients.map((client) => client.close())));

  test('LMOVE moves each element once', async () => {
    const elements = Array.from({ length: 200 }, (_, i) => `element${i}`);
    await ours.command('RPUSH', HERE, ...elements);
    const move = ['LMOVE', HERE, THERE, 'LEFT', 'RIGHT'];
    const moved = await Promise.all(clients.map((client) => client.pipeline(Array(60).fill(move))));
    expect(moved.flat().filter((reply) => reply !== null)).toHaveLength(elements.length);
    expect(moved.flat()).toEqual(expect.arrayContaining(elements));
    expect((await ours.command('LRANGE', THERE, '0', '-1')) as string[]).toHaveLength(elements.length);
    expect(await ours.command('LRANGE', THERE, '0', '-1')).toEqual(expect.arrayContaining(elements));
    expect(await ours.command('EXISTS', HERE)).toBe(0);
  });

  test('SMOVE moves each member to one set', async () => {
    const all = Array.from({ length: 100 }, (_, i) => `member${i}`);
    await ours.command('SADD', HERE, ...all);
    const moved = await Promise.all(
      clients.map((client, i) => client.pipeline(all.map((each) => ['SMOVE', HERE, `key${i + 1}`, each]))),
    );
    expect(moved.flat().filter((reply) => reply === 1)).toHaveLength(all.length);
    const counts = await ours.pipeline(clients.map((_, i) => ['SCARD', `key${i + 1}`]));
    expect(counts.reduce<number>((sum, count) => sum + Number(count), 0)).toBe(all.length);
    expect(await ours.command('EXISTS', HERE)).toBe(0);
  });

  test('RENAME loses no write of another client', async () => {
    let written = 0;
    let isOver = false;
    const writers = clients.map(async (client) => {
      for (; !isOver; written++) await client.command('INCR', HERE);
    });
    let sum = 0;
    for (let i = 0; i < 200; i++) {
      const reply = await ours.command('RENAME', HERE, THERE);
      if (reply === 'OK') sum += Number(await ours.command('GET', THERE));
      else expect(String(reply)).toMatch(/the key changed while|no such key/);
    }
    isOver = true;
    await Promise.all(writers);
    expect(sum + Number(await ours.command('GET', HERE))).toBe(written);
  });
});

describe('a server that fails', () => {
  test('leaves what was to be moved in its place', async () => {
    const own = await Shards.start(3, [...SETTINGS, 'timeout: 1000']);
    const client = await connectRaw(own.endpoint, { strings: true });
    try {
      await client.pipeline(KEYS.map((name) => ['SADD', name, 'a']));
      const owned = await Promise.all(own.servers.map((server) => namesOn(server)));
      const [[here], [there], [third]] = owned;
      await own.servers[1].kill();
      for (const command of [
        ['RENAME', here, there],
        ['SMOVE', here, there, 'a'],
        ['SUNIONSTORE', here, there, third],
        ['SINTER', here, third, there],
        ['COPY', there, here, 'REPLACE'],
      ]) {
        expect((await client.commandRaw(...command)).toString(), command.join(' ')).toMatch(/^-ERR /);
      }
      expect(await client.command('SMEMBERS', here)).toEqual(['a']);
      expect((await namesOn(own.servers[0])).sort()).toEqual(owned[0].sort());
    } finally {
      await client.close();
      await own.stop();
    }
  });

  test('at any step loses nothing', async () => {
    const relays = await Promise.all(shards.servers.map(({ endpoint }) => startRelay(endpoint)));
    const redis = createClient(poolOf(relays, GATHER));
    try {
      await redis.set(HERE, 'value');
      for (let i = 0; i < 100; i++) {
        const [from, to] = i % 2 === 0 ? [HERE, THERE] : [THERE, HERE];
        const renamed = redis.rename(from, to).catch(() => 'failed');
        for (let turn = 0; turn < i % 12; turn++) await new Promise(setImmediate);
        relays[i % 3].cut('reset');
        await renamed;
        const values = await retried(() => Promise.all([redis.get(HERE), redis.get(THERE)]));
        expect(values).toContain('value');
      }
      expect(await Promise.all(servers.map((server) => server.command('KEYS', 'shardmux:*')))).toEqual([
        [],
        [],
        [],
      ]);
    } finally {
      redis.disconnect();
      await Promise.all(relays.map((relay) => relay.stop()));
    }
  });

  test('to take what it is given is no reason to write a wrong result', async () => {
    const strict = await Promise.all(
      KEYS.slice(0, 3).map(() => startRedis({ args: ['--rename-command', 'RESTORE', ''] })),
    );
    const redis = createClient(poolOf(strict, GATHER));
    try {
      for (const name of KEYS) await redis.sadd(name, name);
      await expect(redis.sunionstore(...(KEYS as [string, string]))).rejects.toThrow(/unknown command/);
      await expect(redis.sunion(...KEYS)).rejects.toThrow(/EXECABORT/);
      for (const name of KEYS) expect(await redis.smembers(name)).toEqual([name]);
    } finally {
      redis.disconnect();
      await Promise.all(strict.map((server) => server.stop()));
    }
  });
});

test('the client gathers where its pool does', async () => {
  const redis = createClient(poolOf(shards.servers, GATHER));
  const refusing = createClient(poolOf(shards.servers, { ...GATHER, crossShard: 'refuse' }));
  try {
    for (const [i, name] of KEYS.entries()) await redis.zadd(name, `${i}.5`, name);
    const calls = [
      redis.zunion(String(KEYS.length), ...KEYS, 'WITHSCORES'),
      redis.rename('key0', 'key1'),
      redis.exists('key0'),
    ];
    expect(await Promise.all(calls)).toEqual([KEYS.flatMap((name, i) => [name, `${i}.5`]), 'OK', 0]);
    expect(await redis.zrange('key1', '0', '-1')).toEqual(['key0']);
    await expect(refusing.zunion('2', HERE, THERE)).rejects.toMatchObject({
      code: 'SHARDMUX_CROSS_SHARD',
    });
  } finally {
    redis.disconnect();
    refusing.disconnect();
  }
});

async function namesOn(server: RedisServer): Promise<string[]> {
  const client = await connectRaw(server.endpoint, { strings: true });
  const names = await client.command('KEYS', '*');
  await client.close();
  return names as string[];
}

/** A connection that was cut is made anew with the next call. */
async function retried<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if ((error as { code?: string }).code !== 'SHARDMUX_CONNECTION_LOST') throw error;
    }
  }
}
