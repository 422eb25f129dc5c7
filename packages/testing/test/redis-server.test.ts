import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { connectRaw } from '../src/raw-client.js';
import { type RedisOptions, type RedisServer, startRedis } from '../src/redis-server.js';

let redis: RedisServer;

afterEach(() => redis.stop());

async function started(options?: RedisOptions): Promise<RedisServer> {
  redis = await startRedis(options);
  return redis;
}

describe('startRedis', () => {
  it('answers on a port of its own and persists nothing', async () => {
    const { endpoint } = await started();
    const client = await connectRaw(endpoint, { strings: true });
    expect(await client.command('SET', 'key', 'value')).toBe('OK');
    expect(await client.command('CONFIG', 'GET', 'save')).toEqual(['save', '']);
    expect(await client.command('CONFIG', 'GET', 'appendonly')).toEqual(['appendonly', 'no']);
    await client.close();
  });

  it('asks for the password', async () => {
    const { endpoint } = await started({ password: 'secret' });
    const client = await connectRaw(endpoint, { strings: true });
    expect(await client.commandRaw('PING')).toEqual(Buffer.from('-NOAUTH Authentication required.\r\n'));
    expect(await client.command('AUTH', 'secret')).toBe('OK');
    await client.close();
  });

  it('listens on a unix socket and on IPv6', async () => {
    const { endpoint, unixEndpoint } = await started({ unixSocket: true, host: '::1' });
    for (const where of [endpoint, unixEndpoint!]) {
      const client = await connectRaw(where, { strings: true });
      expect(await client.command('PING')).toBe('PONG');
      await client.close();
    }
  });

  it('takes further arguments', async () => {
    const { endpoint } = await started({ args: ['--databases', '3'] });
    const client = await connectRaw(endpoint, { strings: true });
    expect(await client.command('SELECT', '2')).toBe('OK');
    expect(await client.command('SELECT', '3')).toBeInstanceOf(Error);
    await client.close();
  });

  it('is a member of a cluster, with a port for its bus that outgoing connections do not have', async () => {
    const { endpoint } = await started({ cluster: true });
    const client = await connectRaw(endpoint, { strings: true });
    expect(await client.command('CLUSTER', 'INFO')).toContain('cluster_known_nodes:1');
    const [, bus] = (await client.command('CONFIG', 'GET', 'cluster-port')) as string[];
    expect(Number(bus)).toSatisfy((port: number) => port > 0 && port < 32_768);
    await client.close();
  });

  it('rejects with what the server said when it cannot start', async () => {
    await started();
    await expect(startRedis({ args: ['--port', String(redis.port)] })).rejects.toMatchObject({
      code: 'SHARDMUX_FIXTURE_FAILED',
      message: expect.stringContaining('Address already in use'),
    });
  });
});

describe('RedisServer', () => {
  it('comes back empty on the same port after a kill', async () => {
    const { endpoint, pid } = await started();
    const before = await connectRaw(endpoint);
    await before.command('SET', 'key', 'value');
    await redis.kill('SIGKILL');
    await before.closed;
    await expect(connectRaw(endpoint)).rejects.toMatchObject({ code: 'ECONNREFUSED' });

    await redis.restart();
    expect(redis.pid).not.toBe(pid);
    const after = await connectRaw(endpoint);
    expect(await after.command('GET', 'key')).toBeNull();
    await after.close();
  });

  it('answers nothing while frozen, and what was asked once thawed', async () => {
    const { endpoint } = await started();
    const client = await connectRaw(endpoint, { strings: true });
    redis.freeze();
    let answered = false;
    const reply = client.command('PING').finally(() => {
      answered = true;
    });
    // Another server answers many times over in the while.
    const other = await startRedis();
    await other.stop();
    expect(answered).toBe(false);

    redis.thaw();
    expect(await reply).toBe('PONG');
    await client.close();
  });

  it('leaves neither process nor socket behind, even when frozen', async () => {
    const { pid, unixEndpoint } = await started({ unixSocket: true });
    redis.freeze();
    await redis.stop();
    await redis.stop();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(unixEndpoint).toMatchObject({ kind: 'unix' });
    await expect.poll(() => existsSync((unixEndpoint as { path: string }).path)).toBe(false);
  });
});
