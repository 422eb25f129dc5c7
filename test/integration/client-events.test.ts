import { freePort, startRelay } from '@shardmux/testing';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ClientShards } from '../support/client.js';

type Client = ReturnType<ClientShards['client']>;

let shards: ClientShards;

beforeAll(async () => {
  shards = await ClientShards.start(2);
});

afterEach(() => shards.reset());

afterAll(() => shards.stop());

const EVENTS = ['connecting', 'connect', 'ready', 'error', 'close', 'reconnecting', 'end'];

/** Every event of a client's life, in order; of those in a row that are the same, one. */
function watch(redis: Client): string[] {
  const seen: string[] = [];
  for (const event of EVENTS) {
    redis.on(event, () => {
      if (seen.at(-1) !== event) seen.push(event);
    });
  }
  return seen;
}

const until = (redis: Client, event: string) => new Promise((resolve) => redis.once(event, resolve));

test('a whole life: connecting, ready, all servers killed and back, quit', async () => {
  const redis = shards.client();
  const seen = watch(redis);
  expect(redis.status).toBe('connecting');
  await until(redis, 'ready');
  expect(redis.status).toBe('ready');
  expect(seen).toEqual(['connecting', 'connect', 'ready']);
  seen.length = 0;

  await Promise.all(shards.servers.map((server) => server.kill()));
  await expect.poll(() => redis.status).toBe('reconnecting');
  expect(seen.filter((event) => event !== 'error').slice(0, 2)).toEqual(['close', 'reconnecting']);
  expect(seen).toContain('error');
  seen.length = 0;

  const back = until(redis, 'ready');
  await Promise.all(shards.servers.map((server) => server.restart()));
  await back;
  expect(seen.slice(-2)).toEqual(['connect', 'ready']);
  expect(await redis.set('a', '1')).toBe('OK');
  seen.length = 0;

  await redis.quit();
  await until(redis, 'end');
  expect(seen).toEqual(['close', 'end']);
});

test('disconnect closes and ends, in this order, and nothing comes after', async () => {
  const redis = shards.client();
  await until(redis, 'ready');
  const seen = watch(redis);
  redis.disconnect();
  expect(redis.status).toBe('end');
  await until(redis, 'end');
  expect(seen).toEqual(['close', 'end']);
});

test('+node tells of each server, with its name and where it is', async () => {
  const redis = shards.client({ lazyConnect: true });
  const nodes: { name: string; endpoint: unknown }[] = [];
  redis.on('+node', (node) => nodes.push(node));
  await redis.connect();
  expect(nodes.map(({ name }) => name)).toEqual(['shard0', 'shard1']);
  expect(nodes.map(({ endpoint }) => endpoint)).toEqual(shards.servers.map(({ endpoint }) => endpoint));
});

test('one server of two that is down: ready all the same, and the error names the server', async () => {
  const nowhere = { host: '127.0.0.1', port: await freePort() };
  const redis = shards.client({}, {}, [shards.servers[0], nowhere]);
  const errors: { code?: string; message: string; node?: { name: string } }[] = [];
  redis.on('error', (error) => errors.push(error));
  await until(redis, 'ready');
  expect(errors[0]).toMatchObject({ code: 'SHARDMUX_UNREACHABLE', node: { name: 'shard1' } });
  expect(errors[0].message).toMatch(/shard1.*ECONNREFUSED/);
});

test('losing one connection of two servers is an error, not a close', async () => {
  const relay = await startRelay(shards.servers[0].endpoint);
  const redis = shards.client({}, {}, [relay, shards.servers[1]]);
  await until(redis, 'ready');
  const seen = watch(redis);
  const failed = until(redis, 'error');
  relay.cut('reset');
  expect(await failed).toMatchObject({ node: { name: 'shard0' } });
  await expect.poll(() => relay.openConnections).toBe(1);
  expect(seen).toEqual(['error']);
  expect(redis.status).toBe('ready');
  await relay.stop();
});

test('connect resolves when it is ready, and once only', async () => {
  const redis = shards.client({ lazyConnect: true });
  expect(redis.status).toBe('wait');
  await redis.connect();
  expect(redis.status).toBe('ready');
  await expect(redis.connect()).rejects.toThrow('connecting or connected already');
});

test('a lazy client connects with its first command', async () => {
  const redis = shards.client({ lazyConnect: true });
  expect(await redis.set('a', '1')).toBe('OK');
  expect(redis.status).toBe('ready');
});

test('connect rejects when no server is there and retryStrategy gives up; the client ends', async () => {
  const nowhere = { host: '127.0.0.1', port: await freePort() };
  const times: number[] = [];
  const retryStrategy = (time: number) => {
    times.push(time);
    return time < 3 ? 10 : null;
  };
  const redis = shards.client({ lazyConnect: true, retryStrategy }, {}, [nowhere]);
  const waiting = redis.get('a');
  const seen = watch(redis);
  const ended = until(redis, 'end');
  await expect(waiting).rejects.toMatchObject({ code: 'SHARDMUX_UNREACHABLE', command: { name: 'get' } });
  expect(times).toEqual([1, 2, 3]);
  await ended;
  expect(redis.status).toBe('end');
  expect(seen.at(-1)).toBe('end');
  await expect(redis.get('a')).rejects.toMatchObject({ code: 'SHARDMUX_CLIENT_CLOSED' });

  const other = shards.client({ lazyConnect: true, retryStrategy: () => null }, {}, [nowhere]);
  await expect(other.connect()).rejects.toThrow('ECONNREFUSED');
});

test('a server that is lost and given up at once ends the client', async () => {
  const relay = await startRelay(shards.servers[0].endpoint);
  const redis = shards.client({ retryStrategy: () => null }, {}, [relay]);
  await until(redis, 'ready');
  const ended = until(redis, 'end');
  relay.cut('end');
  await ended;
  await expect(redis.get('a')).rejects.toMatchObject({ code: 'SHARDMUX_CLIENT_CLOSED' });
  await relay.stop();
});

test('one server that is given up does not end a client that still tries another', async () => {
  const [dead, late] = [await freePort(), await freePort()].map((port) => ({ host: '127.0.0.1', port }));
  let calls = 0;
  // The first to fail is given up at once, the other is tried for ever.
  const redis = shards.client({ retryStrategy: () => (calls++ === 0 ? null : 10) }, {}, [dead, late]);
  await expect.poll(() => calls).toBeGreaterThan(4);
  expect(redis.status).toBe('reconnecting');
});

test('a server that is ejected while it is silent counts as lost, and as there again when it is back', async () => {
  const [server] = shards.servers;
  const settings = { failover: { use: 'auto-eject', failureLimit: 1, retryTimeout: 200 } };
  const redis = shards.client({ commandTimeout: 100, lazyConnect: true }, settings, [server]);
  const nodes: string[] = [];
  await redis.connect();
  redis.on('-node', () => nodes.push('-node')).on('+node', () => nodes.push('+node'));
  server.freeze();
  await expect(redis.get('a')).rejects.toMatchObject({ code: 'SHARDMUX_COMMAND_TIMEOUT' });
  await expect.poll(() => redis.status).toBe('reconnecting');
  expect(nodes).toEqual(['-node']);
  server.thaw();
  await expect.poll(() => nodes, { timeout: 3_000 }).toEqual(['-node', '+node']);
  expect(await redis.set('a', '1')).toBe('OK');
  expect(redis.status).toBe('ready');

  const lost = until(redis, 'close');
  await server.kill();
  await lost;
  await server.restart();
});
