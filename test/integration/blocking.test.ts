import { type Argument, connectRaw, type RawClient, type RedisServer, startRedis } from '@shardmux/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { rawClients } from '../support/raw-clients.js';
import { Shards } from '../support/shards.js';

const MAX_PRIVATE_LINKS = 8;

let shards: Shards;
let plain: RedisServer;
/** Speaks to the servers themselves. */
let servers: RawClient[];
const connect = rawClients(() => shards.endpoint);

beforeAll(async () => {
  shards = await Shards.start(3, ['hashTag: "{}"', `limits: { maxPrivateLinks: ${MAX_PRIVATE_LINKS} }`]);
  plain = await startRedis();
  servers = await Promise.all(shards.servers.map(({ endpoint }) => connectRaw(endpoint, { strings: true })));
});

afterAll(async () => {
  await Promise.all(servers?.map((each) => each.close()) ?? []);
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

/** How many clients wait on the servers. */
async function blocked(): Promise<number> {
  const infos = await Promise.all(servers.map((server) => server.command('INFO', 'clients')));
  return infos.reduce<number>(
    (sum, info) => sum + Number(/blocked_clients:(\d+)/.exec(String(info))?.[1]),
    0,
  );
}

async function untilBlocked(count: number): Promise<void> {
  await vi.waitFor(async () => expect(await blocked()).toBe(count), { timeout: 5_000, interval: 10 });
}

describe('a command that blocks', () => {
  test.each<[string, Argument[], Argument[]]>([
    [
      'BLPOP',
      ['BLPOP', 'list', 'other', '0'].map((each) => each.replace('other', 'list')),
      ['RPUSH', 'list', 'a', 'b'],
    ],
    ['BRPOP', ['BRPOP', 'list', '0'], ['RPUSH', 'list', 'a', 'b']],
    ['BLMOVE', ['BLMOVE', '{t}1', '{t}2', 'LEFT', 'RIGHT', '0'], ['RPUSH', '{t}1', 'a']],
    ['BLMPOP', ['BLMPOP', '0', '2', '{t}1', '{t}2', 'LEFT'], ['RPUSH', '{t}2', 'a']],
    ['BZPOPMIN', ['BZPOPMIN', 'zset', '0'], ['ZADD', 'zset', '1', 'a', '2', 'b']],
    ['XREAD', ['XREAD', 'BLOCK', '0', 'STREAMS', 'stream', '$'], ['XADD', 'stream', '1-1', 'f', 'v']],
  ])('%s waits for another client', async (_, waiting, doing) => {
    const [ours, theirs] = [await connect(), await connect(plain.endpoint)];
    const replies = [ours.commandRaw(...waiting), theirs.commandRaw(...waiting)];
    await untilBlocked(1);
    const [other, reference] = [await connect(), await connect(plain.endpoint)];
    expect(await other.command(...doing)).toEqual(await reference.command(...doing));
    const [mine, his] = await Promise.all(replies);
    expect(String(mine)).toBe(String(his));
  });

  test.each<[Argument[]]>([
    [['BLPOP', 'nothing', '0.05']],
    [['BLPOP', 'nothing', '-1']],
    [['BLPOP', 'nothing', 'x']],
    [['BLPOP', 'text', '0']],
    [['BLMPOP', '0.05', '1', 'nothing', 'LEFT']],
    [['BRPOPLPUSH', '{t}1', '{t}2', '0.05']],
    [['XREAD', 'BLOCK', '5', 'STREAMS', 'nothing', '$']],
    [['XREAD', 'BLOCK', 'x', 'STREAMS', 'nothing', '$']],
    [['XREADGROUP', 'GROUP', 'g', 'c', 'BLOCK', '5', 'STREAMS', 'nothing', '>']],
  ])('%j is answered as by one Redis', async (command) => {
    const [ours, theirs] = [await connect(), await connect(plain.endpoint)];
    for (const client of [ours, theirs]) await client.command('SET', 'text', 'x');
    expect(String(await ours.commandRaw(...command))).toBe(String(await theirs.commandRaw(...command)));
  });

  test('has its place in a pipeline', async () => {
    const client = await connect();
    const replies = client.pipeline([
      ['RPUSH', 'list', 'a'],
      ['BLPOP', 'list', '0'],
      ['EXISTS', 'list'],
      ['BLPOP', 'list', '0'],
      ['GET', 'behind'],
    ]);
    await untilBlocked(1);
    const other = await connect();
    await other.pipeline([
      ['SET', 'behind', 'x'],
      ['RPUSH', 'list', 'b'],
    ]);
    expect(await replies).toEqual([1, ['list', 'a'], 0, ['list', 'b'], 'x']);
  });

  test('on keys of several servers is refused', async () => {
    const client = await connect();
    expect(String(await client.commandRaw('BLPOP', 'a', 'b', 'c', 'd', 'e', '0'))).toMatch(/^-CROSSSLOT /);
    expect(await client.command('PING')).toBe('PONG');
  });

  test('loses nothing when its client leaves', async () => {
    const client = await connect();
    client.send('BLPOP list 0\r\nPING\r\n');
    await untilBlocked(1);
    await client.close();
    await untilBlocked(0);
    const other = await connect();
    expect(await other.command('RPUSH', 'list', 'a')).toBe(1);
    expect(await other.command('LPOP', 'list')).toBe('a');
  });

  test('finds no connection where as many wait as may, and others go on', async () => {
    const waiting = await Promise.all(Array.from({ length: MAX_PRIVATE_LINKS }, () => connect()));
    const replies = waiting.map((client) => client.command('BLPOP', 'list', '0'));
    await untilBlocked(MAX_PRIVATE_LINKS);
    const late = await connect();
    expect(String(await late.commandRaw('BLPOP', 'list', '0'))).toMatch(/^-ERR .*maxPrivateLinks/);
    expect(await late.command('RPUSH', 'list', ...waiting.map((_, i) => String(i)))).toBe(MAX_PRIVATE_LINKS);
    const popped = (await Promise.all(replies)).map((reply) => (reply as string[])[1]);
    expect(popped.sort()).toEqual(waiting.map((_, i) => String(i)));
    expect(await late.command('BLPOP', 'list', '0.01')).toBe(null);
  });

  test('fails with its server, and its client goes on', async () => {
    const lone = await Shards.start(1);
    try {
      const client = await connect(lone.endpoint);
      const reply = client.commandRaw('BLPOP', 'list', '0');
      const server = await connect(lone.servers[0].endpoint);
      await expect.poll(() => server.command('INFO', 'clients')).toMatch(/blocked_clients:1/);
      expect(await server.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')).toBeGreaterThan(0);
      expect(String(await reply)).toMatch(/^-ERR unknown \(server closed/);
      expect(await client.command('PING')).toBe('PONG');
      expect(await client.command('SET', 'a', '1')).toBe('OK');
    } finally {
      await lone.stop();
    }
  });
});

describe('watched keys', () => {
  test.each<[string, string[]]>([
    ['are as they were', ['WATCH a', 'GET a', 'MULTI', 'SET a 1', 'EXEC', 'GET a']],
    ['were changed by their own client', ['WATCH a', 'SET a 2', 'MULTI', 'SET a 1', 'EXEC', 'GET a']],
    ['are let go of', ['WATCH a', 'SET a 2', 'UNWATCH', 'MULTI', 'SET a 1', 'EXEC', 'GET a']],
    [
      'are let go of with the transaction',
      ['WATCH a', 'MULTI', 'DISCARD', 'SET a 2', 'MULTI', 'SET a 1', 'EXEC'],
    ],
    ['are let go of with EXEC', ['WATCH a', 'MULTI', 'EXEC', 'SET a 2', 'MULTI', 'SET a 1', 'EXEC', 'GET a']],
    ['are let go of by RESET', ['WATCH a', 'SET a 2', 'RESET', 'MULTI', 'SET a 1', 'EXEC', 'GET a']],
    ['are two', ['WATCH {t}1', 'WATCH {t}2', 'SET {t}1 x', 'MULTI', 'GET {t}2', 'EXEC']],
    ['come too late', ['MULTI', 'WATCH a', 'SET a 1', 'EXEC', 'WATCH a', 'EXEC', 'UNWATCH']],
    ['are of a transaction with a fault', ['WATCH a', 'MULTI', 'NOSUCH', 'EXEC', 'SET a 2', 'MULTI', 'EXEC']],
    [
      'are of another database than what runs',
      ['SET a 0', 'WATCH a', 'SELECT 1', 'MULTI', 'INCR a', 'EXEC', 'SELECT 0', 'GET a'],
    ],
    ['were changed in another database', ['WATCH a', 'SELECT 1', 'SET a 1', 'MULTI', 'GET a', 'EXEC']],
    ['are of two databases', ['WATCH {t}1', 'SELECT 1', 'WATCH {t}2', 'SET {t}2 x', 'MULTI', 'PING', 'EXEC']],
    [
      'are let go of in another database',
      ['WATCH a', 'SELECT 1', 'UNWATCH', 'WATCH a', 'MULTI', 'GET a', 'EXEC', 'FLUSHALL'],
    ],
    ['were written before', ['SET a 0', 'WATCH a', 'MULTI', 'INCR a', 'EXEC']],
  ])('%s', async (_, lines) => {
    const commands = lines.map((line) => line.split(' '));
    const [ours, theirs] = [await connect(), await connect(plain.endpoint)];
    const [mine, reference] = await Promise.all([ours.pipeline(commands), theirs.pipeline(commands)]);
    expect(mine).toEqual(reference);
  });

  test('that another client changes keep a transaction from running', async () => {
    const [client, other] = [await connect(), await connect()];
    await client.command('WATCH', 'a');
    await other.command('SET', 'a', '2');
    expect(await client.pipeline([['MULTI'], ['SET', 'a', '1'], ['EXEC'], ['GET', 'a']])).toEqual([
      ...['OK', 'QUEUED', null, '2'],
    ]);
  });

  test('whose connection is lost count as changed', async () => {
    const client = await connect();
    await client.command('WATCH', 'a');
    for (const server of servers) await server.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await expect.poll(() => client.command('SET', 'b', '1')).toBe('OK');
    expect(await client.pipeline([['MULTI'], ['SET', 'a', '1'], ['EXEC'], ['GET', 'a']])).toEqual([
      ...['OK', 'QUEUED', null, null],
    ]);
  });

  test('on two servers are refused', async () => {
    const client = await connect();
    expect(String(await client.commandRaw('WATCH', 'a', 'b', 'c', 'd', 'e'))).toMatch(/^-CROSSSLOT /);
    expect(await client.command('PING')).toBe('PONG');
  });
});

describe('another database', () => {
  test('has keys of its own', async () => {
    const [ours, theirs] = [await connect(), await connect(plain.endpoint)];
    const commands = [
      ...['SET a 0', 'SELECT 3', 'GET a', 'SET a 3', 'MSET b 3 c 3 d 3', 'SELECT 0', 'GET a', 'MGET a b c d'],
      ...[
        'DBSIZE',
        'SELECT 3',
        'DBSIZE',
        'MGET a b c d',
        'MULTI',
        'GET a',
        'EXEC',
        'COPY a a2 DB 5',
        'MOVE b 6',
      ],
      ...[
        'SELECT 5',
        'GET a2',
        'SELECT 16',
        'GET a2',
        'RESET',
        'GET a',
        'SWAPDB 0 3',
        'GET a',
        'FLUSHDB',
        'DBSIZE',
      ],
    ].map((line) => line.replace('a2', 'a').split(' '));
    const [mine, reference] = await Promise.all([ours.pipeline(commands), theirs.pipeline(commands)]);
    expect(mine).toEqual(reference);
  });
});
