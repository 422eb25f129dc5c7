import { connectRaw, type RawClient, type RedisServer, startRedis } from '@shardmux/testing';
import { createClient } from 'shardmux';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { poolOf } from '../support/client.js';
import { Shardmux } from '../support/shardmux.js';
import { poolFile } from '../support/shards.js';

/** Commands that no table has, since only these servers call them so. */
const RENAMED = [
  'GET FETCH',
  'SET STORE',
  'DEL DROP',
  'DBSIZE COUNTALL',
  'EVAL RUN',
  'BLPOP BFETCH',
  'SAVE KEEP',
];

let servers: RedisServer[] = [];
let shardmux: Shardmux;
let clients: RawClient[] = [];

beforeAll(async () => {
  const args = RENAMED.flatMap((names) => ['--rename-command', ...names.split(' ')]);
  servers = await Promise.all([1, 2, 3].map(() => startRedis({ args })));
  shardmux = await Shardmux.start(
    await poolFile(
      servers.map(({ host, port }) => `${host}:${port}:1`),
      ['hashTag: "{}"'],
    ),
  );
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  clients = [];
});

afterAll(async () => {
  await shardmux?.stop();
  await Promise.all(servers.map((server) => server.stop()));
});

async function connect(to = shardmux.endpoints[0]): Promise<RawClient> {
  const client = await connectRaw(to, { strings: true });
  clients.push(client);
  return client;
}

/** How often the servers were asked what a command is. */
async function questions(): Promise<number> {
  let count = 0;
  for (const { endpoint } of servers) {
    const info = String(await (await connect(endpoint)).command('INFO', 'commandstats'));
    count += Number(/cmdstat_command\|info:calls=(\d+)/.exec(info)?.[1] ?? 0);
  }
  return count;
}

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
    await client.pipeline([['FLUSHALL'], ['STORE', 'a', '1'], ['STORE', 'b', '1'], ['STORE', 'c', '1']]),
  ).toEqual(['OK', 'OK', 'OK', 'OK']);
  expect(await client.command('COUNTALL')).toBe(3);
  expect(await client.command('DROP', 'a', 'b', 'c', 'd')).toBe(3);
  expect(await client.command('RUN', "return redis.call('FETCH', KEYS[1]) or 'none'", '1', 'a')).toBe('none');
  expect(String(await client.commandRaw('FETCH'))).toBe(
    "-ERR wrong number of arguments for 'fetch' command\r\n",
  );
  expect(String(await client.commandRaw('KEEP'))).toBe(
    "-ERR 'keep' is not supported by shardmux: it concerns a single server\r\n",
  );
  expect(String(await client.commandRaw('BFETCH', 'a', '0'))).toMatch(
    /^-ERR 'bfetch' is not supported .* block/,
  );
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
