import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askServer } from '../src/ask-server.js';
import { type RedisCluster, startRedisCluster } from '../src/redis-cluster.js';

/** Of the keys a, b and c. */
const SLOTS = [15_495, 3_300, 7_365];

let cluster: RedisCluster;

beforeAll(async () => {
  cluster = await startRedisCluster({ primaries: 3, replicas: 3, nodeTimeout: 1_000 });
}, 60_000);
afterAll(() => cluster.stop());

describe('startRedisCluster', () => {
  it('gives each primary an even share of the slots, and a replica', async () => {
    const primaries = cluster.servers.slice(0, 3);
    expect(await Promise.all(SLOTS.map((slot) => cluster.primaryOf(slot)))).toEqual([
      primaries[2],
      primaries[0],
      primaries[1],
    ]);
    expect(await Promise.all(primaries.map((primary) => cluster.replicaOf(primary)))).toEqual(
      cluster.servers.slice(3),
    );
    expect(await askServer(primaries[2], 'SET', 'a', '1')).toBe('OK');
    expect(String(await askServer(primaries[0], 'SET', 'a', '1'))).toContain('MOVED 15495');
  });

  it('moves slots with their keys', async () => {
    const [first, second] = cluster.servers;
    await askServer(first, 'SET', 'b', 'kept');
    await cluster.reshard(3_500, first, second);
    expect(await cluster.primaryOf(SLOTS[1])).toBe(second);
    expect(await askServer(second, 'GET', 'b')).toBe('kept');
  }, 60_000);

  it('has another primary once one was killed, and is whole again when that one is back', async () => {
    const [untouched] = SLOTS;
    const before = await cluster.primaryOf(untouched);
    const replica = await cluster.replicaOf(before);
    await before.kill();
    await expect.poll(() => cluster.primaryOf(untouched).catch(String), { timeout: 10_000 }).toBe(replica);
    await before.restart();
    await cluster.settled();
    expect(await cluster.replicaOf(replica)).toBe(before);
  }, 60_000);

  it('lets a replica take over, and again soon after', async () => {
    const [, , slot] = SLOTS;
    for (let time = 0; time < 3; time++) {
      const next = await cluster.replicaOf(await cluster.primaryOf(slot));
      await cluster.takeOver(next);
      expect(await cluster.primaryOf(slot)).toBe(next);
      await cluster.settled();
    }
  }, 60_000);
});
