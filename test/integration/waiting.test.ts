import { askServer, connectRaw, type RawClient, type RedisServer, startRedis } from '@shardmux/testing';
import { createClient } from 'shardmux';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { poolOf } from '../support/client.js';
import { Shards } from '../support/shards.js';

/** Of a wait that is to come to nothing, in ms. */
const SHORT = '100';

let shards: Shards;
/** Of the servers, in their order. */
let replicas: RedisServer[] = [];
/** One Redis with one replica. */
let plain: RedisServer;
let client: RawClient;
/** One key of each server. */
let keys: string[];

beforeAll(async () => {
  shards = await Shards.start(2);
  plain = await startRedis();
  replicas = await Promise.all([...shards.servers, plain].map(replicaOf));
  keys = await keyPerServer();
}, 30_000);

afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  await shards?.stop();
  await plain?.stop();
});

beforeEach(async () => {
  client = await connectRaw(shards.endpoint, { strings: true });
});

afterEach(async () => {
  for (const replica of replicas) replica.thaw();
  await client.close();
});

/** Resolves when it has all that its primary has. */
async function replicaOf(primary: RedisServer): Promise<RedisServer> {
  await askServer(primary, 'CONFIG', 'SET', 'repl-diskless-sync-delay', '0');
  const replica = await startRedis({ args: ['--replicaof', primary.host, String(primary.port)] });
  await vi.waitFor(
    async () => expect(await askServer(primary, 'INFO', 'replication')).toMatch(/state=online,offset=[1-9]/),
    { timeout: 15_000, interval: 50 },
  );
  return replica;
}

async function keyPerServer(): Promise<string[]> {
  const names = Array.from({ length: 50 }, (_, i) => `key${i}`);
  const writer = await connectRaw(shards.endpoint);
  await writer.command('MSET', ...names.flatMap((name) => [name, 'x']));
  await writer.close();
  return (await Promise.all(shards.servers.map((server) => askServer(server, 'RANDOMKEY')))) as string[];
}

describe('WAIT', () => {
  test('counts the replicas that have what its connection wrote', async () => {
    const replies = await client.pipeline([
      ['SET', keys[0], '1'],
      ['WAIT', '1', '0'],
      ['SET', keys[1], '1'],
      ['WAIT', '1', '0'],
      ['GET', keys[0]],
    ]);
    expect(replies).toEqual(['OK', 1, 'OK', 1, '1']);
  });

  test.each<[string, () => string[]]>([
    ['a command', () => ['SET', keys[0], '2']],
    ['a command over several servers', () => ['MSET', keys[0], '2', keys[1], '2']],
    ['a command for all servers', () => ['FLUSHALL']],
    ['a script', () => ['EVAL', "return redis.call('set', KEYS[1], 'x')", '1', keys[0]]],
    ['a command on a connection of its own', () => ['BLMOVE', keys[0], keys[0], 'LEFT', 'LEFT', '0.01']],
  ])('sees that a replica does not have what %s wrote', async (_, command) => {
    if (command()[0] === 'BLMOVE')
      await client.pipeline([
        ['DEL', keys[0]],
        ['RPUSH', keys[0], 'a'],
      ]);
    replicas[0].freeze();
    await client.command(...command());
    const began = performance.now();
    expect(await client.command('WAIT', '1', SHORT)).toBe(0);
    expect(performance.now() - began).toBeGreaterThan(Number(SHORT) - 5);
    replicas[0].thaw();
    expect(await client.command('WAIT', '1', '0')).toBe(1);
  });

  test('in a transaction with watched keys as well', async () => {
    replicas[0].freeze();
    await client.pipeline([['WATCH', keys[0]], ['MULTI'], ['SET', keys[0], '3'], ['EXEC']]);
    expect(await client.command('WAIT', '1', SHORT)).toBe(0);
  });

  test('does not ask servers that it did not write to', async () => {
    replicas[0].freeze();
    await client.command('SET', keys[1], '1');
    expect(await client.pipeline([['GET', keys[0]], ['INFO'], ['WAIT', '1', '0']])).toContain(1);
  });

  test('is no obstacle to other clients', async () => {
    replicas[0].freeze();
    await client.command('SET', keys[0], '1');
    client.send('WAIT 1 0\r\n');
    const other = await connectRaw(shards.endpoint, { strings: true });
    expect(await other.command('SET', keys[0], '2')).toBe('OK');
    await other.close();
    replicas[0].thaw();
    expect(await client.read()).toBe(1);
  });

  test.each([
    ['WAIT', '1', '-1'],
    ['WAIT', 'x', '0'],
    ['WAIT', '1', 'x'],
    ['WAIT', '1'],
    ['WAIT', '0', '0'],
    ['WAIT', '-1', '0'],
    ['WAIT', '1', '0'],
    ['WAIT', '2', '20'],
  ])('%j %j %j is answered as by one Redis', async (...command) => {
    const theirs = await connectRaw(plain.endpoint);
    await client.command('SET', keys[0], '1');
    await theirs.command('SET', keys[0], '1');
    expect(String(await client.commandRaw(...command))).toBe(String(await theirs.commandRaw(...command)));
    await theirs.close();
  });
});

test('the client waits too, and its other calls do not', async () => {
  const inProcess = createClient(poolOf(shards.servers), { commandTimeout: 200 });
  await inProcess.mset({ a: '1', b: '1', c: '1', d: '1' });
  expect(await inProcess.wait(1, 0)).toBe(1);
  for (const replica of replicas) replica.freeze();
  await inProcess.mset({ a: '1', b: '1', c: '1', d: '1' });
  const waiting = inProcess.wait(1, 0);
  expect(await inProcess.get('a')).toBe('1');
  await new Promise((resolve) => setTimeout(resolve, 300));
  for (const replica of replicas) replica.thaw();
  expect(await waiting).toBe(1);
  await inProcess.quit();
});
