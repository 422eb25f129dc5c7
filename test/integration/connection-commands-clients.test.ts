import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { describe, expect, test } from 'vitest';
import { BesideRedis } from '../support/beside-redis.js';

const beside = new BesideRedis(['hashTag: "{}"']);

describe('clients as they are', () => {
  const port = () => (beside.shards.endpoint as { port: number }).port;

  test('ioredis names its connection', async () => {
    const redis = new Redis({ port: port(), connectionName: 'from-ioredis' });
    try {
      expect(await redis.client('GETNAME')).toBe('from-ioredis');
      expect(await redis.client('LIST')).toContain('name=from-ioredis');
    } finally {
      redis.disconnect();
    }
  });

  test.each([2, 3] as const)('node-redis reads CLIENT LIST in RESP%i', async (RESP) => {
    const redis = createClient({ socket: { port: port() }, name: 'from-node-redis', RESP });
    await redis.connect();
    try {
      const info = await redis.clientInfo();
      expect(info).toMatchObject({ name: 'from-node-redis', resp: RESP, db: 0, cmd: 'client|info' });
      expect((await redis.clientList()).map(({ id }) => id)).toContain(info.id);
      expect(await redis.clientId()).toBe(info.id);
    } finally {
      redis.destroy();
    }
  });
});

describe.each(['-2', '-3'])('redis-cli %s', (version) => {
  test.each([
    ['CLIENT SETNAME x'],
    ['CLIENT GETNAME'],
    ['CLIENT KILL ID 999999'],
    ['CLIENT LIST TYPE pubsub'],
    ['CLIENT PAUSE 0'],
    ['CONFIG GET databases'],
    ['COMMAND COUNT'],
    ['COMMAND GETKEYS MSET a 1 b 2'],
    ['NOSUCH x'],
  ])('prints for %s what it prints of one Redis', async (command) => {
    const print = async (port: number) => {
      const { stdout } = await promisify(execFile)('redis-cli', [
        version,
        '-p',
        `${port}`,
        ...command.split(' '),
      ]);
      return stdout;
    };
    expect(await print((beside.shards.endpoint as { port: number }).port)).toBe(
      await print(beside.plain.port),
    );
  });
});
