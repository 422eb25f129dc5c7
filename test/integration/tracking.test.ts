import { encodeCommand, type RawClient, type RedisServer, startRedis } from '@shardmux/testing';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { rawClients } from '../support/raw-clients.js';
import { Shards } from '../support/shards.js';

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];

let shards: Shards;
let plain: RedisServer;
const connect = rawClients(() => shards.endpoint);

beforeAll(async () => {
  shards = await Shards.start(3, ['hashTag: "{}"', 'limits: { maxPrivateLinks: 12 }']);
  plain = await startRedis();
});

afterAll(async () => {
  await shards?.stop();
  await plain?.stop();
});

beforeEach(async () => {
  for (const endpoint of [shards.endpoint, plain.endpoint]) {
    const client = await connect(endpoint);
    await client.command('FLUSHALL');
  }
});

/** Sends commands in one write, then PING, and tells all that comes up to its answer. */
async function say(client: RawClient, ...lines: string[]): Promise<string[]> {
  client.send(Buffer.concat([...lines, 'PING end'].map((line) => encodeCommand(line.split(' ')))));
  const heard: string[] = [];
  for (;;) {
    const reply = (await client.readRaw()).toString('latin1').replaceAll('\r\n', ' ').trim();
    if (reply.endsWith('end')) return heard;
    heard.push(reply);
  }
}

/** What a client is told of keys until it has heard so much. */
async function news(client: RawClient, count: number): Promise<string[]> {
  const heard: string[] = [];
  await vi.waitFor(async () => {
    heard.push(...(await say(client)));
    expect(heard.length).toBeGreaterThanOrEqual(count);
  }, 10_000);
  return heard.map((push) => push.replace(/^>2 \$10 invalidate (?:\*1 \$\d+ )?/, '')).sort();
}

async function tracker(...options: string[]): Promise<RawClient> {
  const client = await connect();
  const [, reply] = await say(client, 'HELLO 3', ['CLIENT TRACKING ON', ...options].join(' '));
  expect(reply).toBe('+OK');
  return client;
}

async function writeAll(): Promise<void> {
  const writer = await connect();
  for (const key of KEYS) await writer.command('SET', key, 'x');
}

test('keys that were read, one by one or over all servers, are told of once when they change', async () => {
  const client = await tracker();
  await say(client, 'GET a', 'MGET b c d', 'MULTI', 'GET e', 'EXEC');
  await writeAll();
  expect(await news(client, 5)).toEqual(['a', 'b', 'c', 'd', 'e']);
  await writeAll();
  await say(client, 'GET f');
  await writeAll();
  expect(await news(client, 1)).toEqual(['f']);
});

test('a push never comes before a reply that it follows', async () => {
  const client = await tracker();
  const writer = await connect();
  for (let round = 0; round < 50; round++) {
    const lines = KEYS.flatMap((key) => [`GET ${key}`, 'PING']);
    const [heard] = await Promise.all([
      say(client, ...lines),
      ...KEYS.map((key) => writer.command('SET', key, String(round))),
    ]);
    const replies = heard.filter((each) => !each.startsWith('>'));
    expect(replies).toHaveLength(2 * KEYS.length);
    await news(client, 0);
  }
  // What it was told last is what holds: all that it read and did not hear of is as it read it.
  const cache = new Map<string, string>();
  let last = '';
  const reading = (async () => {
    for (let i = 0; i < 200; i++) {
      const key = KEYS[i % KEYS.length];
      for (const each of await say(client, `GET ${key}`)) {
        const gone = /^>2 \$10 invalidate \*1 \$\d+ (\w+)$/.exec(each);
        if (gone) cache.delete(gone[1]);
        else cache.set(key, each);
      }
    }
  })();
  for (let i = 0; i < 200; i++) {
    last = `value${i}`;
    await writer.command('MSET', ...KEYS.flatMap((key) => [key, last]));
  }
  await reading;
  await vi.waitFor(async () => {
    for (const each of await say(client)) cache.delete(/(\w+)$/.exec(each)?.[1] as string);
    for (const [key, value] of cache) expect([key, value]).toEqual([key, `$${last.length} ${last}`]);
  }, 10_000);
});

test('NOLOOP keeps a client from hearing of its own writes', async () => {
  const client = await tracker('NOLOOP');
  await say(client, 'MGET a b c d', 'SET a 1', 'MSET b 1 c 1');
  await (await connect()).command('SET', 'd', '1');
  expect(await news(client, 1)).toEqual(['d']);
});

test('BCAST tells of all keys with a prefix, read or not', async () => {
  const client = await tracker('BCAST', 'PREFIX', 'user:');
  // Other connections take the place of those that were: what they were told of is to be forgotten.
  expect(await say(client, 'CLIENT TRACKING ON BCAST PREFIX item:')).toEqual(['+OK', '>2 $10 invalidate _']);
  const writer = await connect();
  const keys = ['user:1', 'user:2', 'user:3', 'item:1', 'item:2', 'other:1'];
  for (const key of keys) await writer.command('SET', key, 'x');
  expect(await news(client, 5)).toEqual(['item:1', 'item:2', 'user:1', 'user:2', 'user:3']);
});

test('OPTIN: only what comes behind CLIENT CACHING yes', async () => {
  const client = await tracker('OPTIN');
  await say(client, 'GET f', 'CLIENT CACHING yes', 'GET a', 'GET b', 'CLIENT CACHING YES', 'MGET c d');
  await say(client, 'CLIENT CACHING yes', 'MULTI', 'GET e', 'EXEC');
  await writeAll();
  expect(await news(client, 4)).toEqual(['a', 'c', 'd', 'e']);
});

test('OPTOUT: not what comes behind CLIENT CACHING no', async () => {
  const client = await tracker('OPTOUT');
  await say(client, 'GET a', 'CLIENT CACHING no', 'GET b', 'CLIENT CACHING no', 'MGET c d', 'MGET e f');
  await writeAll();
  expect(await news(client, 3)).toEqual(['a', 'e', 'f']);
});

test('REDIRECT tells another client, and the client itself when that one is gone', async () => {
  const listener = await connect();
  const [hello] = await say(listener, 'HELLO 3');
  const id = /\$2 id :(\d+)/.exec(hello)?.[1] as string;
  const client = await tracker('REDIRECT', id);
  expect(await say(client, 'CLIENT GETREDIR', 'GET a', 'GET b')).toEqual([`:${id}`, '_', '_']);
  await (await connect()).command('SET', 'a', 'x');
  expect(await news(listener, 1)).toEqual(['a']);
  expect(await say(client)).toEqual([]);
  await listener.close();
  await vi.waitFor(async () => {
    const [reply] = await say(await connect(), 'HELLO 3', `CLIENT TRACKING ON REDIRECT ${id}`).then((all) =>
      all.slice(1),
    );
    expect(reply).toBe('-ERR The client ID you want redirect to does not exist');
  }, 10_000);
  await (await connect()).command('SET', 'b', 'x');
  expect(await news(client, 1)).toEqual([`>2 $21 tracking-redir-broken :${id}`]);
});

test('with a lost connection everything is told to be forgotten', async () => {
  const client = await tracker();
  await say(client, 'MGET a b c d e f');
  const server = await connect(shards.servers[0].endpoint);
  await server.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  expect(await news(client, 1)).toEqual(['_']);
  await expect.poll(async () => (await say(client, 'MGET a b c d e f'))[0]).toMatch(/^\*6/);
  await writeAll();
  expect(await news(client, 6)).toEqual(KEYS);
});

test('OFF ends it, and RESET does; the connections are given back', async () => {
  const count = async () => {
    const servers = await Promise.all(shards.servers.map(({ endpoint }) => connect(endpoint)));
    const lists = await Promise.all(servers.map((server) => server.command('CLIENT', 'LIST')));
    return lists.join('').match(/flags=\S*t/g)?.length ?? 0;
  };
  for (const end of ['CLIENT TRACKING OFF', 'RESET']) {
    const client = await tracker();
    await say(client, 'MGET a b c d e f');
    expect(await count()).toBe(3);
    await say(client, end);
    await writeAll();
    await expect.poll(() => count()).toBe(0);
    expect(await say(client, 'GET a')).toHaveLength(1);
  }
  const leaving = await tracker('BCAST');
  expect(await count()).toBe(3);
  await leaving.close();
  await expect.poll(() => count()).toBe(0);
});

test('what a server told before OFF is not lost', async () => {
  const client = await tracker();
  const replies = await say(client, 'GET a', 'SET a x', 'CLIENT TRACKING OFF');
  expect(replies.slice(0, 2)).toEqual(['_', '+OK']);
  expect(replies.slice(2).sort()).toEqual(['+OK', '>2 $10 invalidate *1 $1 a']);
});

test('as many as may have connections of their own, and no more', async () => {
  for (let i = 0; i < 4; i++) await tracker();
  const late = await connect();
  expect((await say(late, 'HELLO 3', 'CLIENT TRACKING ON'))[1]).toMatch(/^-ERR .*maxPrivateLinks/);
  expect(await say(late, 'SET a 1', 'CLIENT TRACKINGINFO')).toEqual([
    '+OK',
    '%3 $5 flags ~1 $3 off $8 redirect :-1 $8 prefixes *0',
  ]);
});

test('what is wrong is told as by one Redis', async () => {
  const lines = [
    ...[
      'HELLO 3',
      'CLIENT TRACKING ON OPTIN OPTOUT',
      'CLIENT TRACKING ON BCAST OPTIN',
      'CLIENT TRACKING FOO',
    ],
    ...['CLIENT TRACKING ON REDIRECT 999999', 'CLIENT TRACKING ON PREFIX a', 'CLIENT CACHING YES'],
    ...['CLIENT TRACKING ON FOO', 'CLIENT TRACKING ON', 'CLIENT CACHING YES', 'CLIENT TRACKING ON BCAST'],
    ...[
      'CLIENT TRACKINGINFO',
      'CLIENT GETREDIR',
      'CLIENT TRACKING OFF',
      'CLIENT TRACKINGINFO',
      'CLIENT GETREDIR',
    ],
    ...['CLIENT TRACKING ON OPTIN NOLOOP', 'CLIENT CACHING NO', 'CLIENT CACHING FOO', 'CLIENT CACHING YES'],
    ...[
      'CLIENT TRACKINGINFO',
      'GET a',
      'CLIENT TRACKINGINFO',
      'CLIENT TRACKING ON OPTOUT',
      'CLIENT TRACKING OFF',
    ],
    ...[
      'CLIENT TRACKING ON BCAST PREFIX b PREFIX a',
      'CLIENT TRACKING ON BCAST PREFIX ab',
      'CLIENT TRACKINGINFO',
    ],
  ];
  const [ours, theirs] = [await connect(), await connect(plain.endpoint)];
  const settled = (all: string[]) => all.slice(1).filter((each) => each !== '>2 $10 invalidate _');
  expect(settled(await say(ours, ...lines))).toEqual(settled(await say(theirs, ...lines)));
});
