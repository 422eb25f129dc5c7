import { connectRaw, encodeCommand, type RawClient } from '@shardmux/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Shards } from '../support/shards.js';

let shards: Shards;
let neighbour: RawClient;

beforeAll(async () => {
  shards = await Shards.start(2, [
    'limits:',
    '  maxArguments: 1000',
    '  maxBulkLength: 1048576',
    '  maxInlineLength: 1024',
    '  maxKeyLength: 512',
  ]);
  neighbour = await connectRaw(shards.endpoint);
});

afterAll(() => shards?.stop());

/** A neighbour on the same shared links must notice nothing. */
async function neighbourIsFine(): Promise<void> {
  const replies = await neighbour.pipeline([
    ['SET', 'n1', 'x'],
    ['SET', 'n2', 'y'],
    ['MGET', 'n1', 'n2'],
  ]);
  expect(replies.map(String)).toEqual(['OK', 'OK', 'x,y']);
}

test.each([
  [
    'a length that wraps in 64 bits',
    '*2\r\n$3\r\nGET\r\n$18446744073709551617\r\nx\r\n',
    'invalid bulk length',
  ],
  ['a length with a sign', '*2\r\n$+3\r\nGET\r\n$1\r\nx\r\n', 'invalid bulk length'],
  ['a negative length', '*2\r\n$3\r\nGET\r\n$-1\r\n', 'invalid bulk length'],
  ['a length that is no number', '*2\r\n$3\r\nGET\r\n$abc\r\n', 'invalid bulk length'],
  ['more bytes than declared', '*2\r\n$3\r\nGET\r\n$1\r\nxyz\r\n', ''],
  ['a bulk over its limit', '*2\r\n$3\r\nGET\r\n$1048577\r\n', 'invalid bulk length'],
  ['too many arguments', '*1001\r\n$3\r\nDEL\r\n', 'invalid multibulk length'],
  ['no dollar', '*2\r\n$3\r\nGET\r\n:1\r\n', "expected '$', got ':'"],
  ['an inline command without end', 'x'.repeat(2_000), 'too big inline request'],
  ['unbalanced quotes', 'GET "abc\r\n', 'unbalanced quotes in request'],
  ['an HTTP request', 'POST / HTTP/1.1\r\nHost: example\r\n\r\n', ''],
])('%s: an error, that session ends, others go on', async (_, bytes, message) => {
  const client = await connectRaw(shards.endpoint);
  client.send(Buffer.concat([encodeCommand(['SET', 'before', '1']), Buffer.from(bytes)]));
  expect(String(await client.read())).toBe('OK');
  const error = (await client.readRaw()).toString();
  expect(error).toContain('-ERR Protocol error');
  expect(error).toContain(message);
  await client.closed;
  expect(client.unread.length).toBe(0);
  await neighbourIsFine();
});

test.each([
  ['an unknown command', ['NOSUCH', 'a', 'b'], /^ERR unknown command 'NOSUCH'/],
  ['too few arguments', ['GET'], /^ERR wrong number of arguments for 'get' command/],
  ['MSET with an odd count', ['MSET', 'a', '1', 'b'], /^ERR wrong number of arguments for 'mset' command/],
  ['a key over its limit', ['GET', 'k'.repeat(513)], /key/],
  ['a blocking command with keys on several servers', ['BLPOP', 'a', 'b', 'c', 'd', 'e', '0'], /^CROSSSLOT /],
  ['watched keys on several servers', ['WATCH', 'a', 'b', 'c', 'd', 'e'], /^CROSSSLOT /],
  [
    'a command about a single server',
    ['CLUSTER', 'MEET', 'host', '1'],
    /not supported by shardmux: it concerns a single server/,
  ],
  ['a command that is denied', ['DEBUG', 'SLEEP', '1'], /^NOPERM /],
  ['numkeys below zero', ['EVAL', 'return 1', '-1'], /ERR/],
  ['more numkeys than arguments', ['EVAL', 'return 1', '9', 'a'], /ERR/],
  ['HELLO 4', ['HELLO', '4'], /^NOPROTO/],
])('%s: an error, and the session goes on', async (_, command, message) => {
  const client = await connectRaw(shards.endpoint);
  const [error, pong] = await client.pipeline([command as string[], ['PING']]);
  expect((error as Error).message).toMatch(message as RegExp);
  expect(String(pong)).toBe('PONG');
  await client.close();
});

test('keys on several shards that cannot be split are refused, never misrouted', async () => {
  const names = Array.from({ length: 20 }, (_, i) => `set${i}`);
  for (const command of [
    ['SUNION', ...names],
    ['PFCOUNT', ...names],
    ['RENAME', 'set0', 'set1'],
    ['SMOVE', 'set1', 'set2', 'x'],
  ]) {
    const owners = await Promise.all(command.slice(1).map((name) => ownerOf(name)));
    const reply = (await neighbour.command(...command)) as Error;
    if (new Set(owners.slice(0, command[0] === 'SMOVE' ? 2 : undefined)).size > 1) {
      expect(reply.message).toMatch(/^CROSSSLOT /);
    } else {
      expect(String(reply)).not.toMatch(/^CROSSSLOT/);
    }
  }
});

/** Which server a key is on, found by writing it. */
async function ownerOf(name: string): Promise<number> {
  await neighbour.command('SET', name, 'probe');
  const held = await Promise.all(
    shards.servers.map(async (server) => {
      const client = await connectRaw(server.endpoint);
      const exists = await client.command('EXISTS', name);
      await client.close();
      return exists;
    }),
  );
  await neighbour.command('DEL', name);
  return held.indexOf(1);
}

test('QUIT is answered after all before it, and nothing after it is run', async () => {
  const client = await connectRaw(shards.endpoint);
  client.send(
    Buffer.concat([['SET', 'q', '1'], ['GET', 'q'], ['QUIT'], ['SET', 'q', '2']].map(encodeCommand)),
  );
  expect((await Promise.all([client.read(), client.read(), client.read()])).map(String)).toEqual([
    'OK',
    '1',
    'OK',
  ]);
  expect(await client.closed).toBeNull();
  expect(String(await neighbour.command('GET', 'q'))).toBe('1');
});
