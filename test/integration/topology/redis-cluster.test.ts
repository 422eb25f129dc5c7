import { type RedisCluster, startRedisCluster } from '@shardmux/testing';
import { createClient } from 'shardmux';
import { afterAll, beforeAll, expect, test } from 'vitest';

let cluster: RedisCluster;

beforeAll(async () => {
  cluster = await startRedisCluster({ primaries: 3 });
}, 60_000);
afterAll(() => cluster?.stop());

test('a client reads what it wrote, in commands over many slots, while slots move', async () => {
  const [first, second] = cluster.servers;
  const seeds = [`${second.host}:${second.port}`];
  await using client = createClient({ pools: { alpha: { topology: { use: 'redis-cluster', seeds } } } });
  const keys = Array.from({ length: 200 }, (_, i) => `many:${i}`);
  let isMoving = true;
  const moved = cluster.reshard(300, second, first).finally(() => {
    isMoving = false;
  });
  for (let round = 0; isMoving; round++) {
    await client.mset(...keys.flatMap((key) => [key, round]));
    expect(await client.mget(...keys)).toEqual(keys.map(() => String(round)));
  }
  await moved;
}, 60_000);
