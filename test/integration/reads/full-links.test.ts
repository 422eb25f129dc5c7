import type { NodeDescription } from '@shardmux/plugin-api';
import { connectRaw, type Relay, startRelay } from '@shardmux/testing';
import { type CreateClientOptions, createClient } from 'shardmux';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { LiveTopology } from '../../support/live-topology.js';
import { ReplicatedShard } from '../../support/replicated-shard.js';

/*
 * A client whose reads a replica does not answer as fast as they come: what it holds back, and who goes past.
 */

type Client = ReturnType<typeof createClient>;

const LIMIT = 64 * 1024;
/** A key of 1 KiB: so much goes out for each read of it. */
const LONG = 'x'.repeat(1024);

let slow: ReplicatedShard;
let quick: ReplicatedShard;
/** Between the client and the replica of the slow shard. */
let relay: Relay;
let client: Client;
/** Of one shard each. */
let slowKeys: string[];
let quickKeys: string[];

beforeAll(async () => {
  [slow, quick] = await Promise.all([ReplicatedShard.start(1, 'slow'), ReplicatedShard.start(1, 'quick')]);
  relay = await startRelay(slow.replicas[0].endpoint);
  await start();
  const names = Array.from({ length: 200 }, (_, i) => `${LONG}${i}`);
  await client.mset(names.flatMap((name) => [name, 'first']));
  [slowKeys, quickKeys] = await Promise.all([slow, quick].map(keysOf));
  await stop();
});

afterEach(stop);

afterAll(async () => {
  await relay.stop();
  await Promise.all([slow, quick].map((shard) => shard.stop()));
});

async function keysOf({ primary }: ReplicatedShard): Promise<string[]> {
  const direct = await connectRaw(primary.endpoint, { strings: true });
  const keys = (await direct.command('KEYS', '*')) as string[];
  await direct.command('WAIT', 1, 5_000);
  await direct.close();
  return keys;
}

async function start(options: CreateClientOptions = {}): Promise<void> {
  const nodes: NodeDescription[] = [
    { ...slow.with(), replicas: [{ name: 'slow-0', endpoint: relay.endpoint }] },
    quick.description,
  ];
  const pool = {
    topology: 'live',
    hash: 'murmur',
    reads: 'replica-preferred',
    limits: { maxLinkBytes: LIMIT },
  };
  client = createClient(
    { pools: { alpha: pool } },
    { lazyConnect: true, plugins: [new LiveTopology(nodes).plugin], ...options },
  );
  await client.connect();
}

async function stop(): Promise<void> {
  client.disconnect();
  await relay.resume();
}

test('reads beyond what the link to a replica may hold are held, and count', async () => {
  await start({ maxQueuedCommands: 20 });
  relay.delay(200);
  const reads = Array.from({ length: 100 }, () => client.get(slowKeys[0]));
  const results = await Promise.allSettled(reads);
  const sent = results.findIndex(({ status }) => status === 'rejected');
  expect(sent).toBeGreaterThan(20);
  expect(sent).toBeLessThanOrEqual(20 + LIMIT / LONG.length);
  expect(results.slice(0, sent)).toEqual(Array(sent).fill({ status: 'fulfilled', value: 'first' }));
  for (const result of results.slice(sent))
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'SHARDMUX_QUEUE_FULL' } });
});

test('writes behind reads that a replica has not answered are held likewise', async () => {
  await start({ maxQueuedCommands: 20 });
  relay.delay(200);
  const read = client.get(slowKeys[0]);
  const writes = Array.from({ length: 100 }, () => client.append(slowKeys[0], ''));
  const results = await Promise.allSettled(writes);
  const sent = results.findIndex(({ status }) => status === 'rejected');
  expect(sent).toBeGreaterThan(20);
  expect(sent).toBeLessThanOrEqual(20 + LIMIT / LONG.length);
  expect(results.slice(0, sent)).toEqual(Array(sent).fill({ status: 'fulfilled', value: 'first'.length }));
  expect(await read).toBe('first');
});

test.each(['late', 'never'])(
  'while a replica answers %s, other shards serve on, and no order is lost',
  async (when) => {
    await start();
    if (when === 'late') relay.delay(200);
    else relay.blackhole();
    const [key] = slowKeys;
    const before = Array.from({ length: 200 }, () => client.get(key));
    const written = client.set(key, 'second');
    const after = Array.from({ length: 200 }, () => client.get(key));
    let isOver = false;
    void Promise.all(before).then(() => {
      isOver = true;
    });
    expect(await Promise.all(quickKeys.map((each) => client.get(each)))).toEqual(
      quickKeys.map(() => 'first'),
    );
    expect(await client.set(quickKeys[0], 'first')).toBe('OK');
    expect(isOver).toBe(false);
    expect(new Set(await Promise.all(before))).toEqual(new Set(['first']));
    expect(await written).toBe('OK');
    await Promise.all(after);
    expect(await client.set(key, 'first')).toBe('OK');
  },
);
