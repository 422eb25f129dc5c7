import { type Argument, encodeCommand, type RawClient } from '@shardmux/testing';
import fc from 'fast-check';
import { createClient } from 'redis';
import { expect, test } from 'vitest';
import { SideBySide } from '../support/side-by-side.js';

const both = new SideBySide(['hashTag: "{}"']);

/** The bytes of the replies to commands that go out in one write. */
async function replies(client: RawClient, commands: readonly (readonly Argument[])[]): Promise<string[]> {
  client.send(Buffer.concat(commands.map(encodeCommand)));
  const all: string[] = [];
  for (const _ of commands) all.push((await client.readRaw()).toString('latin1'));
  return all.map((reply) => reply.replace(/(id\r\n:)\d+/, '$1N'));
}

async function compare(lines: readonly string[]): Promise<void> {
  const commands = lines.map((line) => line.split(' '));
  const [mine, reference] = await Promise.all([replies(both.ours, commands), replies(both.theirs, commands)]);
  for (const [i, line] of lines.entries()) expect(mine[i], line).toBe(reference[i]);
}

test.each<[string, string[]]>([
  ['what is not there', ['GET a', 'MGET a b c d', 'BLPOP a 0.01', 'RANDOMKEY', 'LPOP a 2', 'HRANDFIELD a']],
  ['maps', ['HSET h f v g w', 'HGETALL h', 'XADD s 1-1 f v', 'XREAD STREAMS s 0', 'LCS {t}a {t}b IDX']],
  [
    'sets and numbers',
    ['SADD s a', 'SMEMBERS s', 'ZADD z 1.5 m', 'ZSCORE z m', 'ZRANGE z 0 -1 WITHSCORES', 'ZINCRBY z 1 m'],
  ],
  ['errors', ['SET a x', 'LPUSH a y', 'INCR a', 'NOSUCH', 'GET']],
  [
    'what is split',
    ['MSET a 1 b 2 c 3 d 4', 'MGET a b c d none', 'DEL a b c none', 'EXISTS a b c d', 'DBSIZE'],
  ],
  [
    'transactions',
    [
      'MULTI',
      'HSET {t}h f v',
      'HGETALL {t}h',
      'GET {t}none',
      'EXEC',
      'WATCH {t}h',
      'HSET {t}h f w',
      'MULTI',
      'PING',
      'EXEC',
    ],
  ],
  ['scripts', ['EVAL return{1,false,{map={a=1}}} 0', 'EVAL redis.setresp(3);return{double=1.5} 0']],
  ['watching meanwhile', ['HELLO 2', 'HSET h f v', 'WATCH h', 'HELLO 3', 'MULTI', 'HGETALL h', 'EXEC']],
  [
    'and back',
    [
      'HSET h f v',
      'HGETALL h',
      'HELLO 2',
      'HGETALL h',
      'GET none',
      'HELLO 3',
      'GET none',
      'RESET',
      'GET none',
    ],
  ],
  [
    'another database',
    ['SET a 0', 'SELECT 1', 'GET a', 'SET a 1', 'HELLO 2', 'GET a', 'HELLO 3', 'SELECT 0', 'GET a'],
  ],
])('%s: byte for byte as one Redis', (_, lines) => compare(['HELLO 3', ...lines]));

test('a change of version in any place of a pipeline', async () => {
  const command = fc.constantFrom(
    'GET {t}none',
    'HGETALL {t}h',
    'HSET {t}h f v',
    'SMEMBERS {t}s',
    'PING',
    'SET {t}a 1',
  );
  const other = fc.constantFrom(
    'HELLO 3',
    'HELLO 2',
    'MGET a b c',
    'MSET a 1 b 2 c 3',
    'SELECT 1',
    'SELECT 0',
  );
  const transaction = fc.array(command).map((lines) => ['MULTI', ...lines, 'EXEC']);
  const step = fc.oneof(command, other, transaction);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      await compare([...steps.flat(), 'RESET', 'FLUSHALL']);
    }),
    { numRuns: 100 },
  );
});

test('node-redis with its defaults', async () => {
  const { endpoint } = both.shards;
  if (endpoint.kind !== 'tcp') throw new Error('the proxy listens on TCP');
  const client = createClient({ socket: { host: endpoint.host, port: endpoint.port } });
  await client.connect();
  try {
    expect(await client.hSet('h', { f: 'v', g: 'w' })).toBe(2);
    expect(await client.hGetAll('h')).toEqual({ f: 'v', g: 'w' });
    expect(await client.mSet({ a: '1', b: '2', c: '3' })).toBe('OK');
    expect(await client.mGet(['a', 'b', 'c', 'none'])).toEqual(['1', '2', '3', null]);
    expect(await client.multi().incr('a').get('a').exec()).toEqual([2, '2']);
    expect(await client.zAdd('z', { score: 1.5, value: 'm' })).toBe(1);
    expect(await client.zScore('z', 'm')).toBe(1.5);
    expect(await client.sAdd('s', ['x'])).toBe(1);
    expect([...(await client.sMembers('s'))]).toEqual(['x']);
    expect(await client.info()).toContain('redis_version');
  } finally {
    await client.close();
  }
});
