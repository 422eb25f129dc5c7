import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { ClientShards } from '../support/client.js';

type Client = ReturnType<ClientShards['client']>;

const events = ['message', 'pmessage', 'smessage'].flatMap((event) => [event, `${event}Buffer`]);
/** On all servers, wherever a key of its name lies. */
const CHANNELS = Array.from({ length: 20 }, (_, i) => `channel${i}`);

let shards: ClientShards;
let redis: Client;
let publisher: Client;

beforeAll(async () => {
  shards = await ClientShards.start(3);
});

afterAll(() => shards.stop());

afterEach(async () => {
  await shards.reset();
  await vi.waitFor(async () => expect(await patternsAndChannels()).toEqual([]), { timeout: 5_000 });
});

/** Of all servers, as they know them. */
async function patternsAndChannels(): Promise<unknown[]> {
  const channels = await shards.askAll('PUBSUB', 'CHANNELS');
  const patterns = await shards.askAll('PUBSUB', 'NUMPAT');
  return [...channels.flat(), ...patterns.filter((count) => count !== 0)];
}

function clients(...options: Parameters<ClientShards['client']>): void {
  redis = shards.client(...options);
  publisher = shards.client();
}

/** What a client emits from now on. */
function record(client: Client | Redis): unknown[][] {
  const heard: unknown[][] = [];
  for (const event of events) client.on(event, (...args: unknown[]) => heard.push([event, ...args]));
  return heard;
}

const until = (heard: unknown[][], count: number) =>
  expect.poll(() => heard.length).toBeGreaterThanOrEqual(count);

test('messages come from every server, and the client goes on with other commands', async () => {
  clients();
  const heard: string[] = [];
  redis.on('message', (channel, message) => heard.push(`${channel} ${message}`));
  expect(await redis.subscribe(...CHANNELS)).toBe(CHANNELS.length);
  await Promise.all(CHANNELS.map((channel) => publisher.publish(channel, 'x')));
  expect(await redis.set('a', '1')).toBe('OK');
  await expect.poll(() => heard.toSorted()).toEqual(CHANNELS.map((name) => `${name} x`).toSorted());
  expect(await redis.blpop('list', 0.01)).toBe(null);
  expect(await redis.pubsub('NUMSUB', 'channel0', 'channel1')).toEqual(['channel0', 1, 'channel1', 1]);
});

test('what is published behind a SUBSCRIBE of the same client is heard', async () => {
  clients();
  const heard = record(redis);
  void redis.subscribe('news');
  expect(await redis.publish('news', 'x')).toBe(1);
  await until(heard, 2);
  expect(heard[0]).toEqual(['message', 'news', 'x']);
});

test.each([{}, { keyPrefix: 'app:' }, { stringNumbers: true }])(
  'all is as in ioredis, with %j',
  async (options) => {
    clients(options, {}, shards.servers.slice(0, 1));
    const { host, port } = shards.servers[0];
    const theirs = new Redis({ host, port, ...options });
    try {
      const outcomes: unknown[] = [];
      for (const client of [theirs, redis]) {
        const heard = record(client);
        const counts = [
          await client.subscribe('a', 'b', Buffer.from('c\u00e9')),
          await client.psubscribe('p*', 'a*'),
          await client.ssubscribe('s1', 's2'),
          await client.subscribe('a'),
          await client.unsubscribe('b', 'never'),
          await client.punsubscribe('never'),
          await client.sunsubscribe('s2'),
        ];
        for (const [channel, message] of [
          ['a', '1'],
          ['b', '2'],
          ['c\u00e9', '\u00e9'],
          ['p1', ''],
          ['app:a', '3'],
        ])
          await shards.ask(0, 'PUBLISH', channel, message);
        await client.publish('p2', Buffer.from([0xff]));
        for (const channel of ['s1', 's2', 'app:s1', 'app:s2']) await shards.ask(0, 'SPUBLISH', channel, 'x');
        if ('keyPrefix' in options) await client.spublish('s1', 'y');
        await shards.ask(0, 'PUBLISH', 'a', 'last');
        await expect
          .poll(() => heard.at(-1))
          .toEqual(['pmessageBuffer', 'a*', Buffer.from('a'), Buffer.from('last')]);
        // In ioredis one without names never resolves while there are other subscriptions.
        counts.push(
          await client.sunsubscribe(),
          await client.unsubscribe('a', 'c\u00e9'),
          await client.punsubscribe(),
        );
        counts.push(await client.unsubscribe());
        const called = await new Promise((resolve) =>
          client.subscribe('z', (...args: unknown[]) => resolve(args)),
        );
        counts.push(await client.unsubscribe('z'));
        outcomes.push({ counts, heard, called });
      }
      expect(outcomes[1]).toEqual(outcomes[0]);
    } finally {
      theirs.disconnect();
    }
  },
);

test('mistakes are answered as by one Redis', async () => {
  clients();
  await expect(redis.call('subscribe')).rejects.toThrow("wrong number of arguments for 'subscribe' command");
  await expect(redis.multi().subscribe('a').exec()).rejects.toThrow(/EXECABORT/);
  expect(await redis.pipeline().subscribe('a').call('UNSUBSCRIBE', 'a').get('k').exec()).toEqual([
    [null, 1],
    [null, 0],
    [null, null],
  ]);
});

test('duplicates have their own, over connections that they share', async () => {
  clients();
  const other = redis.duplicate();
  const [heard, theirs] = [record(redis), record(other)];
  await redis.subscribe('both', 'one');
  expect(await other.subscribe('both')).toBe(1);
  await redis.publish('one', 'x');
  await redis.publish('both', 'x');
  await until(heard, 4);
  await until(theirs, 2);
  expect(theirs.map(([event, channel]) => `${event} ${channel}`)).toEqual([
    'message both',
    'messageBuffer both',
  ]);
  const links = (await shards.askAll('CLIENT', 'LIST', 'TYPE', 'pubsub')).join('').match(/id=/g) ?? [];
  expect(links.length).toBeLessThanOrEqual(3);
  await redis.quit();
  expect(await other.publish('one', 'x')).toBe(0);
  expect(await other.publish('both', 'y')).toBe(1);
  await until(theirs, 4);
  await other.quit();
});

test('what a listener throws is its own affair', async () => {
  clients();
  const heard = record(redis);
  const thrown = new Promise((resolve) => process.once('uncaughtException', resolve));
  redis.once('message', () => {
    throw new Error('mine');
  });
  await redis.subscribe('a');
  await publisher.publish('a', '1');
  await publisher.publish('a', '2');
  await until(heard, 4);
  expect(await thrown).toMatchObject({ message: 'mine' });
});

test('they are restored when a server was killed, and when it cut them', async () => {
  clients({ retryStrategy: () => 20 });
  const heard = new Set<string>();
  redis.on('message', (channel: string) => heard.add(channel));
  redis.on('pmessage', (pattern: string) => heard.add(pattern));
  await redis.subscribe(...CHANNELS);
  await redis.psubscribe('p*');
  const isHeard = () =>
    vi.waitFor(
      async () => {
        await Promise.all([...CHANNELS, 'p1'].map((channel) => publisher.publish(channel, 'x')));
        expect([...heard].toSorted()).toEqual([...CHANNELS, 'p*'].toSorted());
      },
      { timeout: 5_000 },
    );
  await shards.servers[0].kill();
  await shards.servers[0].restart();
  await isHeard();
  heard.clear();
  await shards.askAll('CLIENT', 'KILL', 'TYPE', 'pubsub');
  await isHeard();
});

test('a server that cannot be reached is an error, and the client goes on', async () => {
  clients({ retryStrategy: () => 20 }, {}, shards.servers.slice(0, 1));
  await redis.subscribe('a');
  await shards.servers[0].kill();
  await vi.waitFor(
    () => expect(redis.subscribe('b')).rejects.toMatchObject({ code: 'SHARDMUX_UNREACHABLE' }),
    10_000,
  );
  await shards.servers[0].restart();
  await vi.waitFor(async () => expect(await redis.subscribe('b')).toBe(2), { timeout: 5_000 });
});

test('a client that has ended subscribes no more', async () => {
  clients();
  const pending = redis.subscribe('a');
  redis.disconnect();
  await expect(pending).rejects.toMatchObject({ code: 'SHARDMUX_CLIENT_CLOSED' });
  await expect(redis.subscribe('a')).rejects.toMatchObject({ code: 'SHARDMUX_CLIENT_CLOSED' });
});
