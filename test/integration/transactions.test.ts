import { connectRaw } from '@shardmux/testing';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { whyNotInTransactions } from '../support/commands-page.js';
import { serverCommands } from '../support/server-commands.js';
import { Shards } from '../support/shards.js';
import { SideBySide } from '../support/side-by-side.js';

const both = new SideBySide(['hashTag: "{}"', 'limits: { maxSessionBytes: 1048576 }']);

test.each<[string, string[]]>([
  ['on one key', ['MULTI', 'SET a 1', 'INCR a', 'GET a', 'EXEC', 'GET a']],
  [
    'on keys of one tag',
    ['multi', 'mset {t}1 a {t}2 b', 'mget {t}1 {t}2 {t}3', 'del {t}1', 'exec', 'exists {t}1'],
  ],
  ['without commands', ['MULTI', 'EXEC', 'PING']],
  ['without keys', ['MULTI', 'PING', 'ECHO x', 'EVAL return(1) 0', 'PING y', 'EXEC']],
  ['thrown away', ['MULTI', 'SET a 1', 'DISCARD', 'EXISTS a', 'EXEC', 'DISCARD']],
  ['one after the other', ['MULTI', 'SET a 1', 'EXEC', 'SET a 2', 'MULTI', 'APPEND a 3', 'EXEC', 'GET a']],
  ['within another', ['MULTI', 'SET a 1', 'MULTI', 'INCR a', 'EXEC']],
  ['with a command that fails', ['SET a x', 'MULTI', 'INCR a', 'SET a y', 'EXEC', 'GET a']],
  ['with a wrong arity', ['MULTI', 'GET', 'SET a 1', 'EXEC', 'EXISTS a', 'MULTI', 'EXEC']],
  ['with an unknown command', ['MULTI', 'NOSUCH a b', 'SET a 1', 'EXEC', 'EXISTS a']],
  ['with arguments for EXEC', ['MULTI', 'SET a 1', 'EXEC now', 'EXEC', 'EXISTS a']],
  ['with arguments for MULTI', ['MULTI now', 'EXEC', 'MULTI', 'MULTI now', 'SET a 1', 'EXEC', 'EXISTS a']],
  ['with arguments for DISCARD', ['MULTI', 'SET a 1', 'DISCARD now', 'EXEC', 'EXISTS a']],
  ['that ends before it begins', ['EXEC', 'DISCARD', 'PING']],
])('a transaction %s is answered as one Redis does', async (_, lines) => {
  await both.compare(...lines.map((line) => line.split(' ')));
});

test.each<[string, string[]]>([
  ['alone', ['MULTI', 'CLIENT SETNAME me', 'CLIENT GETNAME', 'EXEC', 'CLIENT GETNAME']],
  [
    'between others',
    ['MULTI', 'CLIENT GETNAME', 'SET a 1', 'CLIENT SETNAME me', 'GET a', 'ECHO x', 'CLIENT GETNAME', 'EXEC'],
  ],
  ['that are wrong', ['MULTI', 'CLIENT NO-EVICT maybe', 'ACL DRYRUN nobody get', 'SET a 1', 'EXEC', 'GET a']],
  ['of the wrong arity', ['MULTI', 'CLIENT SETNAME', 'SET a 1', 'EXEC', 'EXISTS a']],
  ['thrown away', ['MULTI', 'CLIENT SETNAME me', 'DISCARD', 'CLIENT GETNAME']],
  ['behind a fault', ['MULTI', 'CLIENT SETNAME me', 'NOSUCH', 'EXEC', 'CLIENT GETNAME']],
  ['where a watched key is as it was', ['WATCH a', 'MULTI', 'ACL WHOAMI', 'SET a 1', 'EXEC', 'GET a']],
  [
    'where a watched key has changed',
    ['WATCH a', 'SET a 1', 'MULTI', 'CLIENT SETNAME me', 'GET a', 'EXEC', 'CLIENT GETNAME'],
  ],
  [
    'of a client that tracks',
    ['CLIENT TRACKING ON OPTIN', 'CLIENT CACHING YES', 'MULTI', 'CLIENT GETREDIR', 'GET a', 'EXEC'],
  ],
])('what is answered here has its place in a transaction: %s', async (_, lines) => {
  await both.compare(...lines.map((line) => line.split(' ')));
});

test('what is answered here is in the protocol of the others', async () => {
  const lines = ['HELLO 3', 'MULTI', 'CLIENT GETNAME', 'CLIENT TRACKINGINFO', 'GET a', 'ACL WHOAMI', 'EXEC'];
  const [ours, theirs] = await Promise.all(
    [both.ours, both.theirs].map(async (client) => {
      const replies: string[] = [];
      for (const line of lines) replies.push(String(await client.commandRaw(...line.split(' '))));
      return replies.slice(1);
    }),
  );
  expect(ours).toEqual(theirs);
});

test('a transaction tells a client of its own id, in its place', async () => {
  const id = await both.ours.command('CLIENT', 'ID');
  const replies = await both.ours.pipeline([
    ['MULTI'],
    ['SET', 'a', '1'],
    ['CLIENT', 'ID'],
    ['CLIENT', 'INFO'],
    ['EXEC'],
    ['PING'],
  ]);
  expect((replies[4] as unknown[]).map(String)).toEqual([
    'OK',
    String(id),
    expect.stringMatching(new RegExp(`^id=${id} `)),
  ]);
  expect(String(replies[5])).toBe('PONG');
});

test('what is answered here counts among the bytes of a transaction', async () => {
  const replies = await both.ours.pipeline([
    ['MULTI'],
    ...Array.from({ length: 3 }, () => ['CLIENT', 'SETNAME', 'x'.repeat(400_000)]),
    ['EXEC'],
    ['CLIENT', 'GETNAME'],
  ]);
  expect(String(replies[3])).toMatch(/maxSessionBytes/);
  expect(String(replies[4])).toMatch(/EXECABORT/);
  expect(replies[5]).toBe(null);
});

test('any stream of commands on keys of one tag, with transactions in between', async () => {
  const key = fc.constantFrom('{k}a', '{k}b', '{k}c');
  const command = fc.oneof(
    fc.tuple(fc.constantFrom('GET', 'INCR', 'LLEN', 'DEL', 'TYPE'), key),
    fc.tuple(
      fc.constantFrom('SET', 'APPEND', 'LPUSH', 'SADD'),
      key,
      fc.constantFrom('1', 'x', '', 'v'.repeat(3_000)),
    ),
    fc.tuple(fc.constantFrom('MGET', 'EXISTS', 'RENAME', 'COPY'), key, key),
    fc.constantFrom(['MULTI'], ['EXEC'], ['EXEC'], ['DISCARD'], ['PING'], ['GET'], ['NOSUCH']),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 40 }), async (commands) => {
      await both.compare(...commands, ['DISCARD'], ['FLUSHALL']);
    }),
    { numRuns: 150 },
  );
});

test('what is refused in a transaction stands on the page', async () => {
  const plain = await connectRaw(both.plain.endpoint, { strings: true });
  const ends = ['multi', 'exec', 'discard', 'quit', 'reset', 'watch'];
  const commands = (await serverCommands(plain)).filter(({ name }) => !ends.includes(name));
  let refused = 0;
  for (const { name, arity } of commands) {
    const words = name.split('|');
    while (words.length < Math.abs(arity)) words.push('1');
    const [, reply] = await both.ours.pipeline([['MULTI'], words, ['DISCARD']]);
    const why = /in a transaction: (.*)$/.exec(String(reply))?.[1] ?? '';
    if (why !== '') expect(whyNotInTransactions(name), name).toBe(why);
    if (why !== '') refused++;
  }
  expect(refused).toBeGreaterThan(40);
  await plain.close();
});

test('keys on several servers: nothing is done', async () => {
  const names = Array.from({ length: 10 }, (_, i) => `key${i}`);
  const replies = await both.ours.pipeline([
    ['MULTI'],
    ...names.map((name) => ['SET', name, '1']),
    ['EXEC'],
    ['DBSIZE'],
  ]);
  expect(replies.slice(0, 11).map(String)).toEqual(['OK', ...names.map(() => 'QUEUED')]);
  expect(String(replies[11])).toMatch(/CROSSSLOT/);
  expect(replies[12]).toBe(0);
});

test.each([
  [['SUBSCRIBE', 'x'], /in a transaction: server connections are shared/],
  [['SELECT', '0'], /in a transaction: server connections are shared/],
  [['HELLO', '2'], /in a transaction: server connections are shared/],
  [['FLUSHALL'], /in a transaction: it concerns every server/],
])('%j has no place in a transaction: the reason, and EXEC does nothing', async (command, reason) => {
  const replies = await both.ours.pipeline([
    ['MULTI'],
    ['SET', 'a', '1'],
    command,
    ['EXEC'],
    ['EXISTS', 'a'],
    ['PING'],
  ]);
  expect(String(replies[2])).toMatch(reason);
  expect(replies.slice(3).map(String)).toEqual([expect.stringContaining('EXECABORT'), '0', 'PONG']);
});

test('one that is larger than a client may have under way is refused, and the next one is served', async () => {
  const value = 'x'.repeat(300_000);
  const large = [
    ['MULTI'],
    ...Array.from({ length: 4 }, () => ['SET', 'a', value]),
    ['EXEC'],
    ['EXISTS', 'a'],
  ];
  const replies = await both.ours.pipeline(large);
  expect(replies.map((reply) => String(reply).replace(/^\w*Error: /, ''))).toEqual([
    ...['OK', 'QUEUED', 'QUEUED', 'QUEUED'],
    'ERR the transaction is larger than shardmux allows (maxSessionBytes)',
    'EXECABORT Transaction discarded because of previous errors.',
    '0',
  ]);
  const next = await both.ours.pipeline([['MULTI'], ['SET', 'a', value], ['STRLEN', 'a'], ['EXEC']]);
  expect(next[3]).toEqual([Buffer.from('OK'), 300_000]);
});

test('nothing of other clients comes between', async () => {
  const others = await Promise.all(Array.from({ length: 4 }, () => connectRaw(both.shards.endpoint)));
  const busy = others.map((client) => client.pipeline(Array.from({ length: 2_000 }, () => ['INCR', 'n'])));
  for (let i = 0; i < 50; i++) {
    const replies = await both.ours.pipeline([
      ['MULTI'],
      ['GET', 'n'],
      ['INCR', 'n'],
      ['INCR', 'n'],
      ['EXEC'],
    ]);
    const [before, first, second] = replies[4] as [Buffer | null, number, number];
    expect([first, second]).toEqual([Number(before) + 1, Number(before) + 2]);
  }
  await Promise.all(busy);
  for (const client of others) await client.close();
});

test('QUIT and a client that leaves throw away what was gathered', async () => {
  const leaver = await connectRaw(both.shards.endpoint);
  expect((await leaver.pipeline([['MULTI'], ['SET', 'a', '1'], ['QUIT']])).map(String)).toEqual([
    'OK',
    'QUEUED',
    'OK',
  ]);
  await leaver.closed;
  const other = await connectRaw(both.shards.endpoint);
  await other.pipeline([['MULTI'], ['SET', 'a', '1']]);
  await other.close();
  expect(await both.ours.command('EXISTS', 'a')).toBe(0);
});

describe('a server that is lost', () => {
  test('before EXEC: one error, and what follows is answered', async () => {
    const own = await Shards.start(1, ['failover: null', 'timeout: 1000']);
    try {
      const client = await connectRaw(own.endpoint);
      await client.pipeline([['MULTI'], ['SET', 'a', '1'], ['INCR', 'a']]);
      await own.servers[0].kill();
      const [executed, pong] = await client.pipeline([['EXEC'], ['PING']]);
      expect(String(executed)).toMatch(/ERR/);
      expect(String(pong)).toBe('PONG');
      await client.close();
    } finally {
      await own.stop();
    }
  });
});

test('ioredis: multi, with and without a pipeline', async () => {
  const { port } = both.shards.endpoint as { port: number };
  const redis = new Redis(port, '127.0.0.1');
  expect(await redis.multi().set('a', '1').incr('a').get('a').exec()).toEqual([
    [null, 'OK'],
    [null, 2],
    [null, '2'],
  ]);
  await redis.multi({ pipeline: false });
  expect(await redis.set('a', '5')).toBe('QUEUED');
  expect(await redis.exec()).toEqual([[null, 'OK']]);
  await redis.quit();
});
