import { connectRaw, type RawClient } from '@shardmux/testing';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ClientShards } from '../support/client.js';
import { Shards } from '../support/shards.js';
import { SideBySide } from '../support/side-by-side.js';

const SCRIPT = "return redis.call('incr', KEYS[1])";
/** Of no script. */
const SHA = 'f'.repeat(40);
const FUNCTIONS =
  "#!lua name=lib\nredis.register_function('add', function(keys, args) return redis.call('incrby', keys[1], args[1]) end)";

/** Keys that lie on all servers. */
const NAMES = Array.from({ length: 60 }, (_, i) => `name:${i}`);

const both = new SideBySide([], [['FLUSHALL'], ['SCRIPT', 'FLUSH'], ['FUNCTION', 'FLUSH']]);

test('the replies are those of one Redis, in their order', async () => {
  const commands = [
    ['DBSIZE'],
    ['RANDOMKEY'],
    ['MSET', ...NAMES.flatMap((name) => [name, '1'])],
    ['DBSIZE'],
    ['SCRIPT', 'LOAD', SCRIPT],
    ['SCRIPT', 'LOAD', 'return 1'],
    [
      'SCRIPT',
      'EXISTS',
      SHA,
      'e0e1f9fabfc9d4800c877a703b823ac0578ff8db',
      'E0E1F9FABFC9D4800C877A703B823AC0578FF8DB',
    ],
    ...NAMES.slice(0, 20).map((name) => ['EVAL', SCRIPT, '1', name]),
    ['EVALSHA', 'e0e1f9fabfc9d4800c877a703b823ac0578ff8db', '0'],
    ['EVAL', 'return ARGV', '0', 'a', 'b'],
    ['FUNCTION', 'LOAD', FUNCTIONS],
    ['FUNCTION', 'LOAD', FUNCTIONS],
    ['FUNCTION', 'LOAD', 'REPLACE', FUNCTIONS],
    ['FUNCTION', 'LIST'],
    ...NAMES.slice(0, 20).map((name) => ['FCALL', 'add', '1', name, '5']),
    ['FUNCTION', 'DELETE', 'lib'],
    ['FUNCTION', 'DELETE', 'lib'],
    ['SCRIPT', 'FLUSH', 'ASYNC'],
    ['EVALSHA', 'e0e1f9fabfc9d4800c877a703b823ac0578ff8db', '0'],
    ['SCRIPT', 'FLUSH', 'NONSENSE'],
    ['FUNCTION', 'FLUSH'],
    ['MEMORY', 'PURGE'],
    ['FLUSHALL', 'NONSENSE'],
    ['FLUSHDB', 'ASYNC'],
    ['DBSIZE'],
    ['DBSIZE', 'x'],
    ['KEYS', '*'],
    ['KEYS'],
    ['XINFO', 'HELP'],
    ['FLUSHALL', 'SYNC'],
    ['PING'],
  ];
  const [mine, reference] = await Promise.all([both.ours.pipeline(commands), both.theirs.pipeline(commands)]);
  for (const [i, command] of commands.entries()) expect(mine[i], command.join(' ')).toEqual(reference[i]);
});

test('KEYS are those of all servers', async () => {
  await both.ours.command('MSET', ...NAMES.flatMap((name) => [name, '1']));
  for (const pattern of ['*', 'name:1*', 'none']) {
    const reply = (await both.ours.command('KEYS', pattern)) as Buffer[];
    const expected = NAMES.filter((name) => pattern === '*' || name.startsWith(pattern.replace('*', '')));
    expect(reply.map(String).toSorted()).toEqual(expected.toSorted());
  }
});

test('RANDOMKEY finds the keys of every server', async () => {
  const names = await onePerServer();
  const found = new Set<string>();
  while (found.size < 3) found.add(String(await both.ours.command('RANDOMKEY')));
  expect([...found].toSorted()).toEqual(names.toSorted());
});

test('a script that was loaded once runs on every server', async () => {
  const sha = String(await both.ours.command('SCRIPT', 'LOAD', SCRIPT));
  const replies = await both.ours.pipeline(NAMES.map((name) => ['EVALSHA', sha, '1', name]));
  expect(replies).toEqual(NAMES.map(() => 1));
});

/** Sets a key on each server, and nothing else. */
async function onePerServer(): Promise<string[]> {
  await both.ours.command('MSET', ...NAMES.flatMap((name) => [name, '1']));
  const names: string[] = [];
  for (const server of both.shards.servers) {
    const direct = await connectRaw(server.endpoint);
    names.push(String(await direct.command('RANDOMKEY')));
    await direct.close();
  }
  await both.ours.command('DEL', ...NAMES.filter((name) => !names.includes(name)));
  return names;
}

describe('INFO', () => {
  async function info(client: RawClient, ...sections: string[]): Promise<Map<string, string>> {
    const text = String(await client.command('INFO', ...sections));
    const lines = text.split('\r\n').filter((line) => line.includes(':'));
    return new Map(
      lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
    );
  }

  test('has the sections of one server, and every line but percentiles', async () => {
    for (const client of [both.ours, both.theirs]) {
      await client.pipeline(NAMES.map((name) => ['SET', name, '1']));
    }
    for (const sections of [[], ['everything'], ['memory', 'cpu'], ['nonsense']]) {
      const [mine, reference] = await Promise.all([
        info(both.ours, ...sections),
        info(both.theirs, ...sections),
      ]);
      const names = [...reference.keys()].filter(
        (name) => !/^latency_percentiles|^cmdstat_|^errorstat_/.test(name),
      );
      expect([...mine.keys()]).toEqual(expect.arrayContaining(names));
    }
  });

  test('adds up what counts, and says of the rest what the first server says', async () => {
    await both.ours.pipeline([...NAMES.map((name) => ['SET', name, '1']), ['PEXPIRE', 'name:0', '100000']]);
    const mine = await info(both.ours, 'everything');
    const each: Map<string, string>[] = [];
    for (const server of both.shards.servers) {
      const direct = await connectRaw(server.endpoint);
      each.push(await info(direct, 'everything'));
      await direct.close();
    }
    const sum = (name: string) => each.reduce((total, one) => total + Number(one.get(name)), 0);
    expect(mine.get('db0')).toMatch(/^keys=60,expires=1,avg_ttl=\d+$/);
    expect(Number(mine.get('maxmemory'))).toBe(Number(each[0].get('maxmemory')));
    expect(Number(mine.get('total_connections_received'))).toBe(sum('total_connections_received') - 3);
    expect(Number(mine.get('used_memory_startup'))).toBe(sum('used_memory_startup'));
    expect(mine.get('redis_version')).toBe(each[0].get('redis_version'));
    expect(mine.get('loading')).toBe('0');
    const calls = (one: Map<string, string>) => Number(/calls=(\d+)/.exec(one.get('cmdstat_set') ?? '')?.[1]);
    expect(calls(mine)).toBe(each.reduce((total, one) => total + calls(one), 0));
  });
});

test('ioredis with its defaults, which asks for INFO before it is ready', async () => {
  const { port } = both.shards.endpoint as { port: number };
  const redis = new Redis(port, '127.0.0.1');
  await redis.mset(NAMES.flatMap((name) => [name, '1']));
  expect(await redis.dbsize()).toBe(NAMES.length);
  expect((await redis.keys('*')).toSorted()).toEqual(NAMES.toSorted());
  expect(await redis.flushall()).toBe('OK');
  await redis.quit();
});

test('one server is lost: an error, which says of a write where it was done', async () => {
  const own = await Shards.start(3, ['failover: null', 'timeout: 1000']);
  try {
    const client = await connectRaw(own.endpoint);
    await client.command('MSET', ...NAMES.flatMap((name) => [name, '1']));
    await own.servers[1].kill();
    const [flushed, size, pong] = await client.pipeline([['FLUSHALL'], ['DBSIZE'], ['PING']]);
    expect(String(flushed)).toMatch(/\(applied on 2 of 3 shards\)$/);
    expect(String(size)).toMatch(/ERR/);
    expect(String(pong)).toBe('PONG');
    await client.close();
  } finally {
    await own.stop();
  }
});

describe('in the client', () => {
  let own: ClientShards;

  beforeAll(async () => {
    own = await ClientShards.start(3);
  });

  afterEach(() => own.reset());

  afterAll(() => own?.stop());

  test('they are methods like all others', async () => {
    const redis = own.client();
    await redis.mset(NAMES.flatMap((name) => [name, '1']));
    expect(await redis.dbsize()).toBe(NAMES.length);
    expect((await redis.keys('name:*')).toSorted()).toEqual(NAMES.toSorted());
    expect(NAMES).toContain(await redis.randomkey());
    expect(await redis.info('keyspace')).toMatch(/^# Keyspace\r\ndb0:keys=60,/);
    const sha = (await redis.script('LOAD', SCRIPT)) as string;
    expect(await redis.script('EXISTS', sha, SHA)).toEqual([1, 0]);
    expect(await Promise.all(NAMES.map((name) => redis.evalsha(sha, 1, name)))).toEqual(NAMES.map(() => 2));
    expect(await redis.pipeline().dbsize().flushall().dbsize().exec()).toEqual([
      [null, NAMES.length],
      [null, 'OK'],
      [null, 0],
    ]);
  });

  test('a transaction, which runs on one server, has none of them', async () => {
    const redis = own.client();
    await expect(redis.multi().set('a', '1').flushall().exec()).rejects.toThrow(/EXECABORT/);
    expect(await redis.get('a')).toBeNull();
  });
});
