import { type RawClient, type RedisServer, startRedis } from '@shardmux/testing';
import { createClient } from 'shardmux';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { poolOf } from '../support/client.js';
import { rawClients } from '../support/raw-clients.js';
import { Shardmux } from '../support/shardmux.js';
import { namedServers, poolFile } from '../support/shards.js';

/** Commands that no table has, since only these servers call them so. */
const RENAMED = [
  'GET FETCH',
  'SET STORE',
  'DEL DROP',
  'DBSIZE COUNTALL',
  'EVAL RUN',
  'BLPOP BFETCH',
  'SAVE KEEP',
  'PFSELFTEST SELFTEST',
  'SELECT PICK',
  'WATCH OBSERVE',
  'SUBSCRIBE HEAR',
  'FLUSHALL CLEAR',
  // Subcommands cannot be given other names, but a container can be put where another was.
  'OBJECT OLDOBJECT',
  'XGROUP OBJECT',
  'LATENCY OLDLATENCY',
  'XINFO LATENCY',
];

/** What they may do, by categories, by names of commands under their own names, and by keys. */
const USERS = [
  'users:',
  '  reader: "on >one ~mine:* +@read +@transaction"',
  '  writer: "on >two ~mine:* +@all -@stream"',
  '  noset: "on >three ~mine:* +@all -set"',
  'deny: [FLUSHALL, xgroup|destroy]',
];

let servers: RedisServer[] = [];
let shardmux: Shardmux;
/** The same servers, with users. */
let guarded: Shardmux;
const connect = rawClients(() => shardmux.endpoints[0]);

beforeAll(async () => {
  const args = RENAMED.flatMap((names) => ['--rename-command', ...names.split(' ')]);
  servers = await Promise.all([1, 2, 3].map(() => startRedis({ args })));
  const addresses = namedServers(servers);
  shardmux = await Shardmux.start(await poolFile(addresses, ['hashTag: "{}"']));
  guarded = await Shardmux.start(await poolFile(addresses, USERS));
});

afterAll(async () => {
  await shardmux?.stop();
  await guarded?.stop();
  await Promise.all(servers.map((server) => server.stop()));
});

/** How often the servers were asked what a command is. */
async function questions(): Promise<number> {
  let count = 0;
  for (const { endpoint } of servers) {
    const info = String(await (await connect(endpoint)).command('INFO', 'commandstats'));
    count += Number(/cmdstat_command\|info:calls=(\d+)/.exec(info)?.[1] ?? 0);
  }
  return count;
}

/** Replies to lines of words, errors as text. */
const say = async (client: RawClient, ...lines: string[]) =>
  (await client.pipeline(lines.map((line) => line.split(' ')))).map((reply) =>
    reply instanceof Error ? reply.message : reply,
  );

test.each(['2', '3'])(
  'a command that only the servers know is served in RESP%s, in its place',
  async (version) => {
    const client = await connect();
    await client.commandRaw('HELLO', version);
    const keys = Array.from({ length: 20 }, (_, i) => `key${i}`);
    const replies = await client.pipeline([
      ...keys.map((key) => ['STORE', key, `value of ${key}`]),
      ...keys.map((key) => ['fetch', key]),
      ['STRLEN', 'key1'],
    ]);
    expect(replies).toEqual([...keys.map(() => 'OK'), ...keys.map((key) => `value of ${key}`), 13]);
    const sizes = await Promise.all(
      servers.map(async ({ endpoint }) => (await connect(endpoint)).command('COUNTALL')),
    );
    expect(sizes.every((size) => Number(size) > 0)).toBe(true);
  },
);

test('its tips and its keys are obeyed', async () => {
  const client = await connect();
  expect(
    await client.pipeline([['CLEAR'], ['STORE', 'a', '1'], ['STORE', 'b', '1'], ['STORE', 'c', '1']]),
  ).toEqual(['OK', 'OK', 'OK', 'OK']);
  expect(await client.command('COUNTALL')).toBe(3);
  expect(await client.command('DROP', 'a', 'b', 'c', 'd')).toBe(3);
  expect(await client.command('RUN', "return redis.call('FETCH', KEYS[1]) or 'none'", '1', 'a')).toBe('none');
  expect(String(await client.commandRaw('FETCH'))).toBe(
    "-ERR wrong number of arguments for 'fetch' command\r\n",
  );
});

test('what would not do on a connection that is shared is refused, and what is denied', async () => {
  const unsupported = (name: string, why: string) => `ERR '${name}' is not supported by shardmux: ${why}`;
  expect(
    await say(await connect(), 'PICK 1', 'OBSERVE a', 'HEAR a', 'BFETCH a 0', 'SELFTEST', 'KEEP'),
  ).toEqual([
    unsupported('pick', 'server connections are shared'),
    unsupported('observe', 'transactions need a server connection of their own'),
    unsupported('hear', 'subscriptions need a server connection of their own'),
    unsupported('bfetch', 'it would block a server connection that is shared'),
    unsupported('selftest', 'it concerns a single server'),
    "NOPERM 'keep' is denied by the configuration of shardmux",
  ]);
});

test('it has its place in a transaction', async () => {
  const client = await connect();
  expect(await client.pipeline([['MULTI'], ['STORE', '{t}a', '1'], ['FETCH', '{t}a'], ['EXEC']])).toEqual([
    'OK',
    'QUEUED',
    'QUEUED',
    ['OK', '1'],
  ]);
  expect(await client.command('MULTI')).toBe('OK');
  expect(String(await client.commandRaw('NOSUCHEITHER', 'x'))).toMatch(
    /^-ERR unknown command 'NOSUCHEITHER'/,
  );
  expect(String(await client.commandRaw('EXEC'))).toMatch(/^-EXECABORT /);
});

test('what nobody knows is asked about once', async () => {
  const client = await connect();
  const before = await questions();
  const others = await Promise.all([connect(), connect(), connect()]);
  const nosuch = Array.from({ length: 10 }, () => ['NOSUCH', 'x']);
  const expected = "ERR unknown command 'NOSUCH', with args beginning with: 'x' ";
  for (const one of [client, ...others]) {
    const replies = await one.pipeline(nosuch);
    expect(replies.map((reply) => (reply as Error).message)).toEqual(nosuch.map(() => expected));
  }
  expect(await questions()).toBe(before + 1);
});

test('a subcommand that only the servers know is served', async () => {
  const client = await connect();
  const keys = Array.from({ length: 10 }, (_, i) => `stream${i}`);
  const create = keys.map((key) => `OBJECT CREATE ${key} group $ MKSTREAM`);
  expect(await say(client, ...create)).toEqual(keys.map(() => 'OK'));
  expect(await say(client, 'object createconsumer stream1 group me', 'OBJECT CREATE stream1')).toEqual([
    1,
    "ERR wrong number of arguments for 'object|create' command",
  ]);
  expect(await say(client, 'MULTI', 'OBJECT DELCONSUMER stream1 group me', 'OBJECT NOSUCH', 'EXEC')).toEqual([
    'OK',
    'QUEUED',
    "ERR unknown subcommand 'NOSUCH'. Try OBJECT HELP.",
    'EXECABORT Transaction discarded because of previous errors.',
  ]);
  const before = await questions();
  await say(client, 'OBJECT NOSUCH stream1', 'OBJECT NOSUCH', 'OBJECT DELCONSUMER stream1 group me');
  expect(await questions()).toBe(before);
});

test('what is about servers or connections, and no command at all, is not asked about', async () => {
  const client = await connect();
  const before = await questions();
  expect(await say(client, 'LATENCY STREAM key', 'CLIENT FOO', 'CONFIG|GET maxmemory', 'OBJECT a|b')).toEqual(
    [
      "ERR unknown subcommand 'STREAM'. Try LATENCY HELP.",
      "ERR unknown subcommand 'FOO'. Try CLIENT HELP.",
      "ERR unknown command 'CONFIG|GET', with args beginning with: 'maxmemory' ",
      "ERR unknown subcommand 'a|b'. Try OBJECT HELP.",
    ],
  );
  expect(await questions()).toBe(before);
});

describe('users who may not do everything', () => {
  const NO_KEY = 'NOPERM this user has no permissions to access one of the keys used as arguments';
  const noCommand = (name: string) => `NOPERM this user has no permissions to run the '${name}' command`;
  const come = async (name: string, password: string) => {
    const client = await connect(guarded.endpoints[0]);
    expect(await client.command('AUTH', name, password)).toBe('OK');
    return client;
  };

  test('may use what only servers know by its categories, and its keys', async () => {
    const [reader, writer] = [await come('reader', 'one'), await come('writer', 'two')];
    expect(await say(writer, 'STORE mine:a 1', 'STORE other 1', 'FETCH mine:a')).toEqual(['OK', NO_KEY, '1']);
    expect(await say(reader, 'FETCH mine:a', 'FETCH other', 'STORE mine:a 2', 'DROP mine:a')).toEqual([
      '1',
      NO_KEY,
      noCommand('store'),
      noCommand('drop'),
    ]);
    expect(await say(writer, 'OBJECT CREATE mine:s g $ MKSTREAM')).toEqual([noCommand('object|create')]);
    expect(await say(reader, 'MULTI', 'FETCH mine:a', 'STORE mine:a 1', 'EXEC')).toEqual([
      'OK',
      'QUEUED',
      noCommand('store'),
      'EXECABORT Transaction discarded because of previous errors.',
    ]);
  });

  test('are held to what is said of a command, whatever servers call it, and so is everybody', async () => {
    const noset = await come('noset', 'three');
    expect(await say(noset, 'STORE mine:a 1', 'FETCH mine:b')).toEqual([noCommand('store'), null]);
    expect(await say(noset, 'OBJECT CREATE mine:s g $ MKSTREAM')).toEqual(['OK']);
    const anybody = await connect(guarded.endpoints[0]);
    const denied = (name: string) => `NOPERM '${name}' is denied by the configuration of shardmux`;
    for (const client of [noset, anybody]) {
      expect(await say(client, 'CLEAR', 'OBJECT DESTROY mine:s g')).toEqual([
        denied('clear'),
        denied('object|destroy'),
      ]);
    }
  });
});

test('a client in the same process knows them as well', async () => {
  const client = createClient(poolOf(servers));
  try {
    expect(await client.call('STORE', 'mine', '1')).toBe('OK');
    expect(await client.call('FETCH', 'mine')).toBe('1');
    await expect(client.call('NOSUCH', 'x')).rejects.toThrow(/unknown command 'nosuch'/);
  } finally {
    client.disconnect();
  }
});
