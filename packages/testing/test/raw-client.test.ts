import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeCommand } from '../src/encode-command.js';
import { connectRaw } from '../src/raw-client.js';
import { type RedisServer, startRedis } from '../src/redis-server.js';

let redis: RedisServer;

beforeAll(async () => {
  redis = await startRedis();
});

afterAll(() => redis.stop());

describe('RawClient', () => {
  it('gives bytes as Buffers, errors as values', async () => {
    const client = await connectRaw(redis.endpoint);
    const value = Buffer.from([0, 0xff, 0x0d, 0x0a]);
    expect(await client.command('SET', 'binary', value)).toEqual(Buffer.from('OK'));
    expect(await client.command('GET', 'binary')).toEqual(value);
    expect(await client.command('STRLEN', 'binary')).toBe(4);
    expect(await client.command('NOSUCH')).toBeInstanceOf(Error);
    await client.close();
  });

  it('gives the very bytes of a reply', async () => {
    const client = await connectRaw(redis.endpoint);
    client.send('*2\r\n$4\r\nPING\r\n$2\r\nhi\r\n+ping\r\n');
    expect(await client.readRaw()).toEqual(Buffer.from('$2\r\nhi\r\n'));
    expect(await client.readRaw()).toEqual(
      Buffer.from("-ERR unknown command '+ping', with args beginning with: \r\n"),
    );
    await client.commandRaw('RPUSH', 'list', 'a', 'b');
    expect(await client.commandRaw('LRANGE', 'list', 0, -1)).toEqual(
      Buffer.from('*2\r\n$1\r\na\r\n$1\r\nb\r\n'),
    );
    expect(await client.commandRaw('GET', 'absent')).toEqual(Buffer.from('$-1\r\n'));
    await client.close();
  });

  it('reads RESP3 replies raw', async () => {
    const client = await connectRaw(redis.endpoint);
    const hello = await client.commandRaw('HELLO', '3');
    expect(hello.toString()).toMatch(/^%7\r\n/);
    expect(await client.commandRaw('CLIENT', 'TRACKING', 'ON')).toEqual(Buffer.from('+OK\r\n'));
    await client.commandRaw('HSET', 'hash', 'field', 'value');
    expect(await client.commandRaw('HGETALL', 'hash')).toEqual(
      Buffer.from('%1\r\n$5\r\nfield\r\n$5\r\nvalue\r\n'),
    );
    expect(await client.commandRaw('GET', 'absent')).toEqual(Buffer.from('_\r\n'));
    await client.commandRaw('SET', 'absent', '1');
    expect(await client.readRaw()).toEqual(Buffer.from('>2\r\n$10\r\ninvalidate\r\n*1\r\n$6\r\nabsent\r\n'));
    await expect(client.command('HGETALL', 'hash')).rejects.toMatchObject({
      code: 'SHARDMUX_FIXTURE_GARBAGE',
    });
    await client.close();
  });

  it('keeps the order of a pipeline, errors and nested arrays among it', async () => {
    const client = await connectRaw(redis.endpoint, { strings: true });
    const replies = await client.pipeline([
      ['SET', 'n', 1],
      ['MULTI'],
      ['INCR', 'n'],
      ['LPOP', 'n'],
      ['EXEC'],
      ['GET', 'n'],
    ]);
    expect(replies).toEqual(['OK', 'OK', 'QUEUED', 'QUEUED', [2, expect.any(Error)], '2']);
    expect(client.unread).toHaveLength(0);
    await client.close();
  });

  it('carries values far larger than one read', async () => {
    const client = await connectRaw(redis.endpoint);
    const value = Buffer.alloc(20_000_000, 'shardmux');
    await client.command('SET', 'large', value);
    expect(value.equals((await client.command('GET', 'large')) as Buffer)).toBe(true);
    await client.close();
  });

  it('rejects what waits when the server closes, after what came before', async () => {
    const client = await connectRaw(redis.endpoint, { strings: true });
    client.send(encodeCommand(['QUIT']));
    expect(await client.closed).toBeNull();
    expect(await client.read()).toBe('OK');
    await expect(client.read()).rejects.toMatchObject({ code: 'SHARDMUX_FIXTURE_CLOSED' });
  });
});
