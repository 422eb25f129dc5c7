import type { Endpoint, NodeDescription } from '@shardmux/plugin-api';
import { connectRaw, freePort, type RawClient, startRelay } from '@shardmux/testing';
import { createProxy, type ProxyService } from 'shardmux';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LiveTopology } from '../../support/live-topology.js';
import { callsOf, ReplicatedShard } from '../../support/replicated-shard.js';

const READS = 20;

let shard: ReplicatedShard;
let endpoint: Endpoint;
let topology: LiveTopology;
let proxy: ProxyService;
let client: RawClient;

beforeAll(async () => {
  shard = await ReplicatedShard.start(2);
});

beforeEach(async () => {
  const direct = await connectRaw(shard.primary.endpoint);
  await direct.command('FLUSHALL');
  await direct.command('MSET', 'key', 'value', 'other', 'one');
  await direct.command('WAIT', 2, 5_000);
  await direct.close();
  for (const server of [shard.primary, ...shard.replicas]) {
    const each = await connectRaw(server.endpoint);
    await each.command('CONFIG', 'RESETSTAT');
    await each.close();
  }
});

afterEach(async () => {
  await client?.close();
  await proxy?.stop();
});

afterAll(() => shard?.stop());

async function start(reads: string, nodes: readonly NodeDescription[] = [shard.description]): Promise<void> {
  topology = new LiveTopology(nodes);
  const port = await freePort();
  endpoint = { kind: 'tcp', host: '127.0.0.1', port };
  const yaml = `stats: { listen: null }\npools: { alpha: { listen: "127.0.0.1:${port}", topology: live, ${reads} } }`;
  proxy = createProxy({ yaml }, { plugins: [topology.plugin] });
  await proxy.start();
  client = await connectRaw(endpoint, { strings: true });
}

/** How often each server was asked: the primary, then the replicas. */
async function counts(command: string): Promise<number[]> {
  return Promise.all([shard.primary, ...shard.replicas].map((server) => callsOf(server, command)));
}

/** A client keeps to one server: several are spread. */
async function readByMany(): Promise<void> {
  for (let i = 0; i < READS; i++) {
    const other = await connectRaw(endpoint, { strings: true });
    expect(await other.command('GET', 'key')).toBe('value');
    await other.close();
  }
}

test('primary: no replica is connected to', async () => {
  await start('reads: primary');
  await readByMany();
  expect(await counts('get')).toEqual([READS, 0, 0]);
  for (const replica of shard.replicas) expect(await callsOf(replica, 'readonly')).toBe(0);
});

test.each(['replica', 'replica-preferred', 'read-your-writes'])(
  '%s: sessions are spread over the replicas',
  async (policy) => {
    await start(`reads: ${policy}`);
    await readByMany();
    expect(await counts('get')).toEqual([0, READS / 2, READS / 2]);
  },
);

test('a session keeps to one replica', async () => {
  await start('reads: replica');
  await client.pipeline(Array.from({ length: READS }, () => ['GET', 'key']));
  expect((await counts('get')).toSorted((a, b) => a - b)).toEqual([0, 0, READS]);
});

test('statistics list replicas beside the servers', async () => {
  await start('reads: replica');
  const [{ servers }] = await proxy.snapshot();
  expect(servers.map(({ name }) => name)).toEqual(['shard', 'shard-0', 'shard-1']);
});

test('only plain reads go to replicas', async () => {
  await start('reads: replica');
  await client.command('SET', 'other', 'two');
  expect(await client.pipeline([['MULTI'], ['GET', 'key'], ['EXEC']])).toEqual(['OK', 'QUEUED', ['value']]);
  expect(await client.command('EVAL_RO', "return redis.call('strlen', KEYS[1])", 1, 'key')).toBe(5);
  expect(String(await client.command('EVALSHA_RO', '0'.repeat(40), 1, 'key'))).toContain('NOSCRIPT');
  expect(await client.command('DBSIZE')).toBe(2);
  await client.command('SCAN', 0);
  for (const command of ['get', 'eval_ro', 'evalsha_ro', 'dbsize', 'scan'])
    expect([command, (await counts(command)).slice(1)]).toEqual([command, [0, 0]]);
});

test('whoever tracks keys reads them where they are written', async () => {
  await start('reads: replica');
  const listener = await connectRaw(endpoint, { strings: true });
  const id = Number(await listener.command('CLIENT', 'ID'));
  expect(await client.command('CLIENT', 'TRACKING', 'ON', 'REDIRECT', id)).toBe('OK');
  await client.command('GET', 'key');
  await listener.close();
  expect((await counts('get')).slice(1)).toEqual([0, 0]);
});

test('of a command over several shards each part goes to a replica', async () => {
  const second = await ReplicatedShard.start(1, 'second');
  try {
    await start('reads: replica-preferred', [shard.description, second.description]);
    const keys = Array.from({ length: 50 }, (_, i) => `${i}:key`);
    await client.command('MSET', ...keys.flatMap((key) => [key, key]));
    const expected = () => client.command('MGET', ...keys);
    await expect.poll(expected).toEqual(keys);
    expect((await counts('mget'))[0]).toBe(0);
    expect(await callsOf(second.primary, 'mget')).toBe(0);
    expect(await callsOf(second.replicas[0], 'mget')).toBeGreaterThan(0);
  } finally {
    await second.stop();
  }
});

describe('nearest', () => {
  const zoned = (...zones: (string | undefined)[]): NodeDescription => {
    const { replicas = [], ...node } = shard.description;
    const [zone, ...others] = zones;
    return { ...node, zone, replicas: replicas.map((each, i) => ({ ...each, zone: others[i] })) };
  };

  test('reads go to the server of the same zone', async () => {
    await start('reads: nearest, zone: eu-1a', [zoned('eu-1b', 'eu-1c', 'eu-1a')]);
    await readByMany();
    expect(await counts('get')).toEqual([0, 0, READS]);
    topology.change([zoned('eu-1a', 'eu-1b', 'eu-1c')]);
    await readByMany();
    expect(await counts('get')).toEqual([READS, 0, READS]);
  });

  test('where none is of the zone they go to the one with the least latency', async () => {
    const relays = await Promise.all(
      [shard.primary, shard.replicas[1]].map(({ endpoint }) => startRelay(endpoint)),
    );
    for (const relay of relays) relay.delay(30);
    try {
      const [first, last] = relays;
      const { replicas = [], ...node } = shard.description;
      const far = { ...node, endpoint: first.endpoint };
      await start('reads: nearest, zone: eu-1a', [
        { ...far, replicas: [replicas[0], { ...replicas[1], endpoint: last.endpoint }] },
      ]);
      await readByMany();
      expect(await counts('get')).toEqual([0, READS, 0]);
    } finally {
      await client.close();
      await proxy.stop();
      await Promise.all(relays.map((relay) => relay.stop()));
    }
  });
});

test('replica: where none is fit the client is told so', async () => {
  await start('reads: replica', [shard.with()]);
  expect(String(await client.command('GET', 'key'))).toContain('ERR No replica is fit to be read from');
  expect(await client.command('SET', 'key', 'value')).toBe('OK');
  expect(await counts('get')).toEqual([0, 0, 0]);
});

test('replica-preferred: where none is fit the primary is read', async () => {
  await start('reads: replica-preferred', [shard.with()]);
  await readByMany();
  expect(await counts('get')).toEqual([READS, 0, 0]);
});

test('replicas come and go with the topology, and nobody waits', async () => {
  await start('reads: replica-preferred', [shard.with()]);
  const read = () => client.command('GET', 'key');
  await read();
  expect(await counts('get')).toEqual([1, 0, 0]);
  topology.change([shard.with(0)]);
  await expect.poll(async () => (await read()) && (await counts('get'))[1]).toBeGreaterThan(0);
  topology.change([shard.with(1)]);
  await expect.poll(async () => (await read()) && (await counts('get'))[2]).toBeGreaterThan(0);
  const before = await counts('get');
  topology.change([shard.with()]);
  expect(await read()).toBe('value');
  expect(await counts('get')).toEqual([before[0] + 1, before[1], before[2]]);
});
