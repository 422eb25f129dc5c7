import { connectRaw, type RawClient, type RedisServer, startRedis } from '@shardmux/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RespReplyReader } from '../../src/reply/reader.js';
import { mergeTexts } from './merging.js';

const bulk = (body: string) => `$${body.length}\r\n${body}\r\n`;
const attribute = '|1\r\n+ttl\r\n%1\r\n:1\r\n:2\r\n';
const none = '_\r\n';

function mergeAll(command: string, ...replies: string[]): string | null {
  return mergeTexts(command.split(' '), replies, []);
}

describe('replies in RESP3', () => {
  it('MGET has what is not there as null', () => {
    const replies = [`*2\r\n${bulk('A')}${none}`, `*2\r\n${none}${bulk('D')}`];
    expect(mergeTexts(['MGET', 'a', 'b', 'c', 'd'], replies, [0, 1, 0, 1])).toBe(
      `*4\r\n${bulk('A')}${none}${none}${bulk('D')}`,
    );
  });

  it('KEYS is a set where all are sets, and else an array', () => {
    const set = `~1\r\n${bulk('a')}`;
    const array = `*1\r\n${bulk('b')}`;
    expect(mergeAll('KEYS *', set, '~0\r\n', set)).toBe(`~2\r\n${bulk('a')}${bulk('a')}`);
    expect(mergeAll('KEYS *', set, array)).toBe(`*2\r\n${bulk('a')}${bulk('b')}`);
    expect(mergeAll('KEYS *', array, set)).toBe(`*2\r\n${bulk('b')}${bulk('a')}`);
  });

  it('RANDOMKEY is null where no server has a key', () => {
    expect(mergeAll('RANDOMKEY', none, none)).toBe(none);
    expect(mergeAll('RANDOMKEY', none, bulk('a'), none)).toBe(bulk('a'));
  });

  it('an error may be a bulk, whose length counts what is said of the shards', () => {
    const down = '!13\r\nERR down\r\nnow\r\n';
    expect(mergeAll('DBSIZE', ':1\r\n', down)).toBe(down);
    expect(mergeAll('FLUSHALL', '+OK\r\n', down, '+OK\r\n')).toBe(
      '!40\r\nERR down\r\nnow (applied on 2 of 3 shards)\r\n',
    );
  });

  it('what attributes say of a part is not said of the whole', () => {
    const [a, b] = [`${attribute}|0\r\n`, attribute];
    expect(mergeAll('DBSIZE', `${a}:1\r\n`, ':2\r\n')).toBe(':3\r\n');
    expect(mergeAll('FLUSHALL', '+OK\r\n', `${b}+OK\r\n`)).toBe('+OK\r\n');
    expect(mergeAll('RANDOMKEY', `${a}${none}`, `${b}${bulk('a')}`)).toBe(bulk('a'));
    expect(mergeAll('KEYS *', `${a}*0\r\n`, `${b}~1\r\n${bulk('a')}`)).toBe(`*1\r\n${bulk('a')}`);
    expect(mergeAll('FLUSHALL', `${a}-ERR no\r\n`, '+OK\r\n')).toBe('-ERR no (applied on 1 of 2 shards)\r\n');
    expect(mergeTexts(['MGET', 'a', 'b'], [`${a}*1\r\n${none}`, `*1\r\n${none}`], [0, 1])).toBe(
      `*2\r\n${none}${none}`,
    );
  });

  it.each([
    ['MGET a b', [0, 1], [`~1\r\n${none}`, `*1\r\n${none}`]],
    ['MGET a b', [0, 1], ['*1\r\n#t\r\n', `*1\r\n${none}`]],
    ['MGET a b', [0, 1], ['*0\r\n', `*1\r\n${none}`]],
    ['MGET a b', [0, 1], [none, `*1\r\n${none}`]],
    ['DEL a b', [0, 1], [':1\r\n', ',1\r\n']],
    ['DEL a b', [0, 1], [':1\r\n', none]],
    ['KEYS *', [], ['~0\r\n', '%0\r\n']],
    ['KEYS *', [], ['*0\r\n', none]],
    ['RANDOMKEY', [], [none, '#f\r\n']],
    ['FLUSHALL', [], ['+OK\r\n', none]],
  ])('%s: replies of another form are none: %j %j', (command, owners, replies) => {
    expect(mergeTexts(command.split(' '), replies, owners)).toBeNull();
  });
});

describe('real servers', () => {
  let servers: RedisServer[];
  let clients: RawClient[];

  beforeAll(async () => {
    servers = await Promise.all([startRedis(), startRedis()]);
    clients = await Promise.all(servers.map((server) => connectRaw(server.endpoint)));
    await Promise.all(clients.map((client) => client.commandRaw('HELLO', '3')));
  });

  afterAll(async () => {
    await Promise.all((clients ?? []).map((client) => client.close()));
    await Promise.all((servers ?? []).map((server) => server.stop()));
  });

  /** The value of what is merged of the replies that all of them give. */
  async function ask(command: string): Promise<unknown> {
    const replies = await Promise.all(clients.map((client) => client.commandRaw(...command.split(' '))));
    const merged = Buffer.from(mergeAll(command, ...replies.map(String)) ?? '');
    return new RespReplyReader().read(merged, 0, merged.length, { buffers: false, stringNumbers: false });
  }

  it('give replies that become one', async () => {
    expect(await ask('RANDOMKEY')).toBeNull();
    await Promise.all(clients.map((client, i) => client.commandRaw('SET', `key${i}`, '1')));
    expect(await ask('DBSIZE')).toBe(2);
    expect(await ask('KEYS *')).toEqual(['key0', 'key1']);
    expect(['key0', 'key1']).toContain(await ask('RANDOMKEY'));
    expect(await ask('FLUSHALL')).toBe('OK');
  });
});
