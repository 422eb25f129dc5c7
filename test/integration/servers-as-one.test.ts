import { askServer, connectRaw, type RawClient, type RedisServer, startRedis } from '@shardmux/testing';
import { Redis } from 'ioredis';
import { createClient } from 'shardmux';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { poolOf } from '../support/client.js';
import { Shards } from '../support/shards.js';

const SHARDS = 3;
/** Waits for its end, which is not to come. */
const ENDLESS = 'while true do end';

let shards: Shards;
let plain: RedisServer;
let ours: RawClient;
let theirs: RawClient;

beforeAll(async () => {
  shards = await Shards.start(SHARDS, ['timeout: 0']);
  plain = await startRedis();
  for (const server of [...shards.servers, plain]) {
    await askServer(server, 'CONFIG', 'SET', 'slowlog-log-slower-than', '0', 'busy-reply-threshold', '50');
    await askServer(server, 'CONFIG', 'SET', 'latency-monitor-threshold', '1');
  }
});

afterAll(async () => {
  await shards?.stop();
  await plain?.stop();
});

beforeEach(async () => {
  ours = await connectRaw(shards.endpoint, { strings: true });
  theirs = await connectRaw(plain.endpoint, { strings: true });
});

afterEach(async () => {
  await ours.close();
  await theirs.close();
});

/** Keeps a server busy for a few ms. */
const SLOW = 'local i = 0 while i < 1000000 do i = i + 1 end return 1';

describe('SLOWLOG', () => {
  test('GET merges the servers by time, with ids of their own', async () => {
    expect(await ours.command('SLOWLOG', 'RESET')).toBe('OK');
    const keys = Array.from({ length: 30 }, (_, i) => `key${i}`);
    await ours.pipeline(keys.map((key) => ['SET', key, 'x']));
    const all = (await ours.command('SLOWLOG', 'GET', '-1')) as [number, number, number, string[]][];
    const sets = all.filter(([, , , args]) => args[0] === 'SET');
    expect(sets.map(([, , , args]) => args[1]).toSorted()).toEqual(keys.toSorted());
    expect(new Set(all.map(([id]) => id)).size).toBe(all.length);
    const seconds = all.map(([, second]) => second);
    expect(seconds).toEqual(seconds.toSorted((a, b) => b - a));
    expect(await ours.command('SLOWLOG', 'GET')).toHaveLength(10);
    expect(await ours.command('SLOWLOG', 'GET', '3')).toHaveLength(3);
    expect(await ours.command('SLOWLOG', 'LEN')).toBeGreaterThan(all.length);
  });

  test.each([
    ['SLOWLOG', 'GET', 'x'],
    ['SLOWLOG', 'GET', '-2'],
    ['SLOWLOG', 'GET', '0'],
    ['SLOWLOG', 'GET', '1', '2'],
    ['SLOWLOG', 'RESET'],
    ['ROLE', 'x'],
    ['LATENCY', 'HISTORY', 'nosuch'],
    ['LATENCY', 'HISTOGRAM', 'nosuch'],
    ['LATENCY', 'RESET', 'nosuch'],
    ['LATENCY', 'GRAPH', 'nosuch'],
    ['MEMORY', 'STATS', 'x'],
    ['SCRIPT', 'KILL'],
    ['FUNCTION', 'KILL'],
    ['FUNCTION', 'STATS'],
  ])('%j %j %j is answered as by one Redis', async (...command) => {
    for (const protocol of ['2', '3']) {
      for (const client of [ours, theirs]) await client.commandRaw('HELLO', protocol);
      expect(String(await ours.commandRaw(...command))).toBe(String(await theirs.commandRaw(...command)));
    }
  });
});

describe('LATENCY', () => {
  test('tells the events of all servers as those of one', async () => {
    await ours.command('LATENCY', 'RESET');
    for (let i = 0; i < 12; i++) await ours.command('EVAL', SLOW, '1', `key${i}`);
    const latest = (await ours.command('LATENCY', 'LATEST')) as [string, number, number, number][];
    const own = (await Promise.all(
      shards.servers.map((server) => askServer(server, 'LATENCY', 'LATEST')),
    )) as [string, number, number, number][][];
    const commands = own.flat().filter(([event]) => event === 'command');
    const command = latest.find(([event]) => event === 'command');
    expect(command?.[3]).toBe(Math.max(...commands.map(([, , , max]) => max)));
    expect(command?.[1]).toBe(Math.max(...commands.map(([, second]) => second)));
    const histories = await Promise.all(
      shards.servers.map((server) => askServer(server, 'LATENCY', 'HISTORY', 'command')),
    );
    expect(await ours.command('LATENCY', 'HISTORY', 'command')).toEqual(
      (histories.flat() as [number, number][]).toSorted(([a], [b]) => a - b),
    );
    expect(await ours.command('LATENCY', 'RESET')).toBe(own.flat().length);
  });

  test.each(['2', '3'])('HISTOGRAM adds up counts, in protocol %s', async (protocol) => {
    for (const client of [ours, theirs]) {
      await client.commandRaw('HELLO', protocol);
      await client.commandRaw('CONFIG', 'RESETSTAT');
    }
    for (const server of shards.servers) await askServer(server, 'CONFIG', 'RESETSTAT');
    for (const client of [ours, theirs]) {
      for (let i = 0; i < 20; i++) await client.command('SETRANGE', `key${i}`, '0', 'x');
    }
    // How long it took differs.
    const [mine, reference] = await Promise.all(
      [ours, theirs].map(async (client) =>
        String(await client.commandRaw('LATENCY', 'HISTOGRAM', 'setrange')).split(
          /:\d+\r\n:(?=\d+\r\n(?!:))/,
        ),
      ),
    );
    const form = (text: string) => text.replace(/^[%*]\d+\r\n(:\d+\r\n)+$/gm, 'buckets');
    expect(mine.at(-1)).toBe('20\r\n');
    expect(mine.map(form)[0].split('histogram_usec')[0]).toBe(
      reference.map(form)[0].split('histogram_usec')[0],
    );
  });

  test('HISTOGRAM adds up counts', async () => {
    for (const server of shards.servers) await askServer(server, 'CONFIG', 'RESETSTAT');
    for (let i = 0; i < 20; i++) await ours.command('SETRANGE', `key${i}`, '0', 'x');
    const [name, [, calls, , buckets]] = (await ours.command('LATENCY', 'HISTOGRAM', 'setrange')) as [
      string,
      [string, number, string, number[]],
    ];
    expect([name, calls, buckets.at(-1)]).toEqual(['setrange', 20, 20]);
  });

  test('DOCTOR speaks for each server', async () => {
    expect(String(await ours.command('LATENCY', 'DOCTOR')).match(/^# shard\d$/gm)).toHaveLength(SHARDS);
  });
});

test.each(['2', '3'])('MEMORY STATS has the names that one Redis has, in protocol %s', async (protocol) => {
  const names: string[][] = [];
  for (const client of [ours, theirs]) {
    await client.commandRaw('HELLO', protocol);
    await client.command('SET', 'a', '1');
    const reply = String(await client.commandRaw('MEMORY', 'STATS'));
    names.push((reply.match(/^[a-z][a-z.\-0-9]+$/gm) ?? []).toSorted());
    expect(reply.slice(0, 1)).toBe(protocol === '3' ? '%' : '*');
  }
  expect(names[0]).toEqual(names[1]);
});

test('the others stand for all servers', async () => {
  expect(await ours.command('ROLE')).toEqual(['master', 0, []]);
  const saves = (await Promise.all(
    shards.servers.map((server) => askServer(server, 'LASTSAVE')),
  )) as number[];
  expect(await ours.command('LASTSAVE')).toBe(Math.min(...saves));
  expect(await ours.command('MEMORY', 'DOCTOR')).toMatch(/^# shard/);
});

describe('INFO', () => {
  test('has a section of our own, which parsers understand', async () => {
    const info = String(await ours.command('INFO'));
    expect(info).toMatch(
      /\r\n# Shardmux\r\nshardmux_clients:1\r\nshardmux_shards:3\r\nshardmux_shard0:shard0/,
    );
    expect(info).toContain('redis_version:');
    expect(await ours.command('INFO', 'server')).not.toContain('shardmux_');
    expect(await ours.command('INFO', 'SHARDMUX')).toMatch(/^# Shardmux\r\n/);
    expect(await ours.command('INFO', 'memory', 'everything')).toContain('shardmux_shards:3');
    const redis = new Redis((shards.endpoint as { port: number }).port);
    expect(await redis.ping()).toBe('PONG');
    await redis.quit();
  });

  test('SHARD is that of one server, by its place or its name', async () => {
    for (const [i, server] of shards.servers.entries()) {
      const port = `tcp_port:${server.port}`;
      expect(await ours.command('INFO', 'SHARD', String(i))).toContain(port);
      const named = String(await ours.command('INFO', 'shard', `shard${i}`, 'server', 'clients'));
      expect(named).toContain(port);
      expect(named.match(/^# .*$/gm)?.map((each) => each.trim())).toEqual(['# Server', '# Clients']);
    }
    expect(String(await ours.commandRaw('INFO', 'SHARD', '3'))).toBe('-ERR No such shard: 3\r\n');
    expect(String(await ours.commandRaw('INFO', 'SHARD', '-1'))).toBe('-ERR No such shard: -1\r\n');
  });

  test('and the rest of the client likewise', async () => {
    const client = createClient(poolOf(shards.servers));
    expect(await client.info()).toContain('shardmux_shards:3');
    expect(await client.role()).toEqual(['master', 0, []]);
    expect(await client.slowlog('GET', 2)).toHaveLength(2);
    await client.quit();
  });
});

describe('a script that does not end', () => {
  test('is told of and killed, from another connection', async () => {
    const stuck = ours.commandRaw('EVAL', ENDLESS, '1', 'key');
    const other = await connectRaw(shards.endpoint, { strings: true });
    await expect
      .poll(async () => String(await other.commandRaw('FUNCTION', 'STATS')))
      .toMatch(/-BUSY|running_script\r\n\*/);
    await expect.poll(() => other.command('SCRIPT', 'KILL')).toBe('OK');
    expect(String(await stuck)).toMatch(/^-ERR .*killed/i);
    expect(await ours.command('SET', 'key', '1')).toBe('OK');
    expect(String(await other.commandRaw('SCRIPT', 'KILL'))).toMatch(/^-NOTBUSY/);
    await other.close();
  });
});
