import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../src/free-port.js';
import { type Nutcracker, startNutcracker } from '../src/nutcracker.js';
import { connectRaw } from '../src/raw-client.js';
import { type RedisServer, startRedis } from '../src/redis-server.js';
import { TemporaryFolder } from '../src/temporary-folder.js';

let redis: RedisServer;
let nutcracker: Nutcracker;
let folder: TemporaryFolder;

beforeAll(async () => {
  redis = await startRedis();
  folder = new TemporaryFolder();
  const pool = (name: string, listen: string) => `
${name}:
  listen: ${listen}
  redis: true
  servers:
   - 127.0.0.1:${redis.port}:1
`;
  const yaml = pool('alpha', `127.0.0.1:${await freePort()}`) + pool('beta', `${folder.path}/beta.sock 0600`);
  nutcracker = await startNutcracker(yaml, { mbufSize: 512, args: ['-i', '50'] });
});

afterAll(async () => {
  await nutcracker.stop();
  await redis.stop();
  folder.remove();
});

describe('startNutcracker', () => {
  it('serves every pool, over TCP and unix sockets', async () => {
    expect(nutcracker.endpoints.map((endpoint) => endpoint.kind)).toEqual(['tcp', 'unix']);
    for (const [index, endpoint] of nutcracker.endpoints.entries()) {
      const client = await connectRaw(endpoint, { strings: true });
      expect(await client.command('SET', `key${index}`, index)).toBe('OK');
      expect(await client.command('GET', `key${index}`)).toBe(String(index));
      await client.close();
    }
  });

  it('offers its statistics on a port of its own', async () => {
    const socket = connect(nutcracker.statsPort, '127.0.0.1');
    await once(socket, 'connect');
    const stats = JSON.parse(await text(socket));
    expect(stats).toMatchObject({ service: 'nutcracker', alpha: {}, beta: {} });
  });

  it('passes the size of a buffer on', async () => {
    // A key must fit into one buffer there, or the connection is closed.
    const client = await connectRaw(nutcracker.endpoints[0]!);
    await expect(client.command('GET', 'k'.repeat(600))).rejects.toMatchObject({
      code: 'SHARDMUX_FIXTURE_CLOSED',
    });
    await client.closed;
  });

  it('rejects with what it said when the configuration is wrong', async () => {
    await expect(startNutcracker('alpha:\n  nonsense: 1\n')).rejects.toMatchObject({
      code: 'SHARDMUX_FIXTURE_FAILED',
      message: expect.stringContaining('syntax is invalid'),
    });
  });
});
