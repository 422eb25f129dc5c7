import { connectRaw, type RawClient, type RedisServer, startRedis } from '@shardmux/testing';
import { createClient } from 'shardmux';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { poolOf } from '../support/client.js';
import { Shards } from '../support/shards.js';

const KEYS = Array.from({ length: 30 }, (_, i) => `key${i}`);

let shards: Shards;
let plain: RedisServer;
let monitor: RawClient;
let other: RawClient;

beforeAll(async () => {
  shards = await Shards.start(3, ['limits: { maxPrivateLinks: 8 }']);
  plain = await startRedis();
});

afterAll(async () => {
  await shards?.stop();
  await plain?.stop();
});

beforeEach(async () => {
  monitor = await connectRaw(shards.endpoint, { strings: true });
  other = await connectRaw(shards.endpoint, { strings: true });
});

afterEach(async () => {
  await monitor.close();
  await other.close();
  await untilMonitors(0);
});

/** How many connections of all servers monitor. */
async function untilMonitors(count: number): Promise<void> {
  await vi.waitFor(async () => {
    const lists = await Promise.all(
      shards.servers.map(async ({ endpoint }) => {
        const direct = await connectRaw(endpoint, { strings: true });
        const list = String(await direct.command('CLIENT', 'LIST'));
        await direct.close();
        return list;
      }),
    );
    expect(lists.join('').match(/ flags=O /g) ?? []).toHaveLength(count);
  }, 10_000);
}

test.each(['2', '3'])('shows what all servers do, in protocol %s', async (protocol) => {
  await monitor.commandRaw('HELLO', protocol);
  expect(String(await monitor.commandRaw('MONITOR'))).toBe('+OK\r\n');
  await other.pipeline(KEYS.map((key) => ['SET', key, 'x']));
  const lines = await Promise.all(KEYS.map(() => monitor.readRaw()));
  const shown = lines.map(
    (line) => /^\+\d+\.\d+ \[0 127\.0\.0\.1:\d+\] "SET" "(\w+)" "x"\r\n$/.exec(String(line))?.[1],
  );
  expect(shown.toSorted()).toEqual(KEYS.toSorted());
});

test('one that monitors is answered as by one Redis', async () => {
  const commands = [
    ...['GET a', 'SET a 1', 'EVAL return 0', 'DBSIZE', 'FLUSHALL', 'NOSUCH', 'GET', 'PING x'],
    ...['ECHO x', 'WATCH', 'MULTI', 'GET a', 'EXEC', 'DISCARD'],
  ].map((line) => line.split(' '));
  const theirs = await connectRaw(plain.endpoint, { strings: true });
  for (const client of [monitor, theirs]) expect(await client.command('MONITOR')).toBe('OK');
  for (const command of commands) {
    const replies = [];
    for (const client of [theirs, monitor]) {
      client.send(`${command.join(' ')}\r\n`);
      let reply: string;
      do reply = String(await client.readRaw());
      while (/^\+\d+\.\d+ \[/.test(reply));
      replies.push(reply);
    }
    expect([command, replies[1]]).toEqual([command, replies[0]]);
  }
  await theirs.close();
});

test('MONITOR again is not answered, and RESET ends it', async () => {
  expect(await monitor.command('MONITOR')).toBe('OK');
  monitor.send('MONITOR\r\nPING\r\n');
  expect(await monitor.read()).toBe('PONG');
  expect(await monitor.command('RESET')).toBe('RESET');
  await untilMonitors(0);
  expect(
    await monitor.pipeline([
      ['SET', 'a', '1'],
      ['GET', 'a'],
    ]),
  ).toEqual(['OK', '1']);
});

test('QUIT ends it, after its reply', async () => {
  expect(await monitor.pipeline([['GET', 'a'], ['MONITOR'], ['QUIT']])).toHaveLength(3);
  await other.command('SET', 'a', '1');
  await monitor.closed;
  await untilMonitors(0);
});

test('finds no connection where as many are in use as may be', async () => {
  const all = await Promise.all(Array.from({ length: 3 }, () => connectRaw(shards.endpoint)));
  const replies = await Promise.all(all.map((client) => client.commandRaw('MONITOR')));
  expect(replies.map((reply) => String(reply).slice(0, 3)).toSorted()).toEqual(['+OK', '+OK', '-ER']);
  await untilMonitors(6);
  await Promise.all(all.map((client) => client.close()));
});

test('ends with a server that ends', async () => {
  const lone = await Shards.start(2);
  try {
    const client = await connectRaw(lone.endpoint, { strings: true });
    expect(await client.command('MONITOR')).toBe('OK');
    await lone.servers[0].kill();
    await client.closed;
    const late = await connectRaw(lone.endpoint, { strings: true });
    expect(await late.commandRaw('MONITOR').then(String)).toMatch(/^-ERR /);
    expect(await late.command('PING')).toBe('PONG');
    await late.close();
  } finally {
    await lone.stop();
  }
});

test('the client, which could not be told, refuses it', async () => {
  const client = createClient(poolOf(shards.servers));
  await expect(client.call('monitor')).rejects.toThrow(/not supported/);
  await client.quit();
});
