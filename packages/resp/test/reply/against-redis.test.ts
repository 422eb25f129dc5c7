import { ReplyClass } from '@shardmux/plugin-api';
import { connectRaw, encodeCommand, type RedisServer, startRedis } from '@shardmux/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { framesOf } from './frames.js';
import { valuesOf } from './values.js';

describe('a real server that speaks RESP3', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis({ args: ['--enable-debug-command', 'yes'] });
  });
  afterAll(() => server.stop());

  /** All that it sends to a client that speaks RESP3, without the reply to HELLO and the last one. */
  async function sent(...commands: string[][]): Promise<Buffer> {
    const client = await connectRaw(server.endpoint);
    const all = [['HELLO', '3'], ...commands, ['QUIT']].map((words) => encodeCommand(words));
    client.send(Buffer.concat(all));
    await client.closed;
    const { frames } = framesOf(client.unread);
    return client.unread.subarray(frames[0].end, frames[frames.length - 2].end);
  }

  const { ok } = ReplyClass;
  const list = [0, 1, 2];

  it.each([
    ['string', 'Hello World'],
    ['integer', 12345],
    ['double', Number('3.141')],
    ['null', null],
    ['array', list],
    ['set', list],
    ['map', Object.entries({ 0: false, 1: true, 2: false })],
    ['attrib', 'Some real reply following the attribute'],
    ['verbatim', 'This is a verbatim\nstring'],
    ['true', true],
    ['false', false],
    ['bignum', 1234567999999999999999999999999999999n],
  ])('sends a %s', async (type, value) => {
    const bytes = await sent(['DEBUG', 'PROTOCOL', type]);
    expect(framesOf(bytes)).toEqual({
      frames: [{ end: bytes.length, replyClass: ok, isPush: false }],
      left: null,
    });
    expect(valuesOf(bytes)).toEqual([value]);
  });

  it('sends a push before a reply', async () => {
    const bytes = await sent(['DEBUG', 'PROTOCOL', 'push']);
    expect(framesOf(bytes).frames.map(({ isPush }) => isPush)).toEqual([true, false]);
    expect(valuesOf(bytes)).toEqual([['server-cpu-usage', 42], 'Some real reply following the push reply']);
  });

  it('sends a push behind the reply that it follows', async () => {
    const bytes = await sent(['CLIENT', 'TRACKING', 'ON'], ['GET', 'key'], ['SET', 'key', '1']);
    expect(framesOf(bytes).frames.map(({ isPush }) => isPush)).toEqual([false, false, false, true]);
    expect(valuesOf(bytes)).toEqual(['OK', null, 'OK', ['invalidate', ['key']]]);
  });

  it.each([
    ['{double = 0 / 0}', Number.NaN],
    ['{double = -1e300 * 1e10}', Number.NEGATIVE_INFINITY],
    ['{double = 1e100}', 1e100],
    ["{big_number = '+x'}", '+x'],
    ["{verbatim_string = {string = 'a', format = 'x'}}", 'a'],
    ['{map = {[1] = {set = {a = true}}}}', [['1', ['a']]]],
    ["redis.error_reply('WRONGTYPE a')", { error: 'WRONGTYPE a' }],
  ])('sends what a script returns: %s', async (result, value) => {
    const bytes = await sent(['EVAL', `redis.setresp(3); return ${result}`, '0']);
    expect(valuesOf(bytes)).toEqual([value]);
  });

  it('sends replies to commands in types of their own', async () => {
    const bytes = await sent(
      ['HSET', 'hash', 'f', '1', '__proto__', 'é'],
      ['HGETALL', 'hash'],
      ['ZADD', 'zset', '1.5', 'a', '-inf', 'b'],
      ['ZRANGE', 'zset', '0', '-1', 'WITHSCORES'],
      ['SADD', 'set', '1'],
      ['SMEMBERS', 'set'],
      ['CONFIG', 'GET', 'maxmemory-policy'],
      ['MGET', 'none', 'nor this'],
      ['INCR', 'hash'],
    );
    expect(valuesOf(bytes)).toEqual([
      2,
      [
        ['f', '1'],
        ['__proto__', 'é'],
      ],
      2,
      [
        ['b', Number.NEGATIVE_INFINITY],
        ['a', 1.5],
      ],
      1,
      ['1'],
      [['maxmemory-policy', 'noeviction']],
      [null, null],
      { error: 'WRONGTYPE Operation against a key holding the wrong kind of value' },
    ]);
  });
});
