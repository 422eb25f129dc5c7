import { once } from 'node:events';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { ClientShards } from '../support/client.js';

const KEYS = Array.from({ length: 30 }, (_, i) => `key${i}`);

let shards: ClientShards;

beforeAll(async () => {
  shards = await ClientShards.start(3);
});

afterAll(() => shards.stop());

afterEach(async () => {
  await shards.reset();
  await untilMonitors(0);
});

async function untilMonitors(count: number): Promise<void> {
  await vi.waitFor(async () => {
    const lists = await shards.askAll('CLIENT', 'LIST');
    expect(lists.join('').match(/ flags=O /g) ?? []).toHaveLength(count);
  }, 10_000);
}

test('tells of what all servers do, until it is disconnected', async () => {
  const redis = shards.client();
  const monitor = await redis.monitor();
  const keys: string[] = [];
  monitor.on('monitor', (time: string, [name, key]: string[], source: string, database: string) => {
    expect([name, database]).toEqual(['set', '0']);
    expect(time).toMatch(/^\d+\.\d{6}$/);
    expect(source).toMatch(/^127\.0\.0\.1:\d+$/);
    keys.push(key);
  });
  await Promise.all(KEYS.map((key) => redis.set(key, 'x')));
  await expect.poll(() => keys.toSorted()).toEqual(KEYS.toSorted());
  const ended = once(monitor, 'end');
  monitor.disconnect();
  await ended;
  await untilMonitors(0);
  expect(await redis.get('key0')).toBe('x');
});

test('is as in ioredis', async () => {
  const redis = shards.client({}, {}, shards.servers.slice(0, 1));
  const { host, port } = shards.servers[0];
  const plain = new Redis({ host, port });
  const theirs = await plain.monitor();
  try {
    const ours = await new Promise<Awaited<ReturnType<typeof redis.monitor>>>((resolve, reject) =>
      redis.monitor((error, monitor) => (monitor ? resolve(monitor) : reject(error))),
    );
    const [told, expected]: unknown[][] = [[], []];
    ours.on('monitor', (...line: unknown[]) => told.push(line));
    theirs.on('monitor', (...line: unknown[]) => expected.push(line));
    await plain.set('a "quoted" key', Buffer.from('"" "\\" \r\n\xff', 'latin1'));
    await plain.call('SELECT', '3');
    await plain.eval('return redis.call("set", KEYS[1], "")', 1, 'b');
    const isTold = (lines: unknown[]) => expect(String(lines.at(-1))).toMatch(/,set,b,,lua,3$/);
    await vi.waitFor(() => [told, expected].forEach(isTold), 10_000);
    expect(told.slice(-4)).toEqual(expected.slice(-4));
    ours.disconnect();
  } finally {
    theirs.disconnect();
    plain.disconnect();
  }
});

test('where a server cannot be monitored it rejects, and leaves nothing open', async () => {
  const redis = shards.client({}, { limits: { maxPrivateLinks: 2 } });
  await expect(redis.monitor()).rejects.toMatchObject({ code: 'SHARDMUX_QUEUE_FULL' });
  await untilMonitors(0);
  expect(await redis.set('a', '1')).toBe('OK');
});

test('ends with a server that is lost, and the client goes on', async () => {
  const redis = shards.client({ retryStrategy: () => 20 });
  const monitor = await redis.monitor();
  const ended = once(monitor, 'end');
  await shards.servers[1].kill();
  await ended;
  await shards.servers[1].restart();
  expect(await Promise.all(KEYS.map((key) => redis.set(key, 'x')))).toEqual(KEYS.map(() => 'OK'));
  (await redis.monitor()).disconnect();
});
