import { connectRaw, type RedisCluster, startRedisCluster } from '@shardmux/testing';
import { createClient } from 'shardmux';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callsOf } from '../../support/replicated-shard.js';

const KEYS = Array.from({ length: 60 }, (_, i) => `key:${i}`);

let cluster: RedisCluster;

beforeAll(async () => {
  cluster = await startRedisCluster({ primaries: 3, replicas: 3 });
}, 60_000);

afterAll(() => cluster?.stop());

test('of a Redis Cluster replicas are read, and after one has become the primary it is written to', async () => {
  const [first, second] = cluster.servers;
  const seeds = [`${second.host}:${second.port}`];
  const pool = { topology: { use: 'redis-cluster', seeds }, reads: 'replica-preferred', timeout: 15_000 };
  await using client = createClient({ pools: { alpha: pool } });
  await client.mset(...KEYS.flatMap((key) => [key, key]));
  for (const { endpoint } of cluster.servers.slice(0, 3)) {
    const each = await connectRaw(endpoint);
    await each.command('WAIT', 1, 5_000);
    await each.close();
  }
  expect(await Promise.all(KEYS.map((key) => client.get(key)))).toEqual(KEYS);
  expect(await client.mget(...KEYS)).toEqual(KEYS);
  const calls = async (command: string) =>
    Promise.all(cluster.servers.map((server) => callsOf(server, command)));
  for (const command of ['get', 'mget']) {
    const counts = await calls(command);
    expect([command, counts.slice(0, 3)]).toEqual([command, [0, 0, 0]]);
    expect([command, Math.min(...counts.slice(3))]).not.toEqual([command, 0]);
  }
  await first.kill();
  const written = Promise.all(KEYS.map((key) => client.set(key, 'new')));
  expect(await Promise.all(KEYS.map((key) => client.get(key)))).not.toContain(null);
  expect(new Set(await written)).toEqual(new Set(['OK']));
  await expect.poll(() => client.mget(...KEYS)).toEqual(KEYS.map(() => 'new'));
}, 60_000);
