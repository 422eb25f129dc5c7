import {
  connectRaw,
  freePort,
  type RedisCluster,
  type RedisServer,
  startRedisCluster,
} from '@shardmux/testing';
import { createClient } from 'shardmux';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ReplicationSampler } from '../../support/replication-sampler.js';
import { Shardmux } from '../../support/shardmux.js';
import { Writers } from '../../support/writers.js';

const NODE_TIMEOUT = 2_000;
const CLIENTS = 50;
/** In ms. Redis itself takes 3 to 5 s until it has another primary, and what is held until then may not fail. */
const TIMEOUT = 15_000;
/** Of the key c, with which every key of the probe has its slot in common. */
const PROBED_SLOT = 7_365;

let cluster: RedisCluster;
let proxy: Shardmux;

beforeAll(async () => {
  cluster = await startRedisCluster({ primaries: 3, replicas: 3, nodeTimeout: NODE_TIMEOUT });
  const [{ host, port }] = cluster.servers;
  const pool = [
    `    listen: 127.0.0.1:${await freePort()}`,
    `    topology: { use: redis-cluster, seeds: ["${host}:${port}"] }`,
    `    timeout: ${TIMEOUT}`,
  ];
  proxy = await Shardmux.start(['pools:', '  alpha:', ...pool, ''].join('\n'));
}, 60_000);
afterAll(async () => {
  await proxy.stop();
  await cluster.stop();
});

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

test('writers see no slot move, and little of a primary that is killed', async () => {
  const [endpoint] = proxy.endpoints;
  // Half of the clients write everywhere, each of the others to one slot.
  const writers = await Writers.start(endpoint, CLIENTS, (client, write) =>
    client % 2 === 0 ? `${client}:${write}` : `{${client}}:${write}`,
  );
  const probe = await Writers.start(endpoint, 1, (_, write) => `{c}:${write}`);

  const [first, second] = cluster.servers;
  await cluster.reshard(1_000, first, second);
  const duringReshard = [...writers.writes, ...probe.writes];
  expect(duringReshard.filter(({ error }) => error !== null)).toEqual([]);
  expect(duringReshard.length).toBeGreaterThan(1_000);

  const victim = await cluster.primaryOf(PROBED_SLOT);
  const replica = await cluster.replicaOf(victim);
  const sampler = await ReplicationSampler.start(victim, replica);
  const before = performance.now();
  await vi.waitUntil(() => sampler.owedUntil > before + 500, 10_000);

  const killedAt = performance.now();
  await victim.kill();
  const verdictAt = await promoted(replica);
  const flowing = () => probe.writes.find(({ sentAt, error }) => sentAt > killedAt && error === null);
  await vi.waitUntil(flowing, { timeout: 10_000 });
  const flowsAt = flowing()!.doneAt;
  await Promise.all([writers.stop(), probe.stop()]);

  // The election takes as long as chance has it; what is ours comes after it.
  expect(flowsAt).toBeLessThan(Math.max(killedAt + NODE_TIMEOUT + 1_000, verdictAt + 500));
  const inWindow = writers.writes.filter(({ sentAt, doneAt }) => doneAt > killedAt && sentAt < flowsAt);
  const failed = inWindow.filter(({ error }) => error !== null);
  expect(failed.length / inWindow.length).toBeLessThanOrEqual(0.02);

  const owed = writers.writes.filter(({ doneAt, error }) => error === null && doneAt <= sampler.owedUntil);
  expect(owed.length).toBeGreaterThan(1_000);
  expect(await missing(owed.map(({ key }) => key))).toEqual([]);
}, 90_000);

/** When a replica is the primary, by its own word and the cluster's. */
async function promoted({ endpoint }: RedisServer): Promise<number> {
  const client = await connectRaw(endpoint, { strings: true });
  await vi.waitUntil(async () => (await client.command('ROLE'))?.toString().startsWith('master'), {
    timeout: 10_000,
    interval: 5,
  });
  await client.close();
  return performance.now();
}

/** Which keys nobody has. */
async function missing(keys: readonly string[]): Promise<string[]> {
  const client = await connectRaw(proxy.endpoints[0], { strings: true });
  const values: unknown[] = [];
  for (let i = 0; i < keys.length; i += 1_000) {
    values.push(...(await client.pipeline(keys.slice(i, i + 1_000).map((key) => ['GET', key]))));
  }
  await client.close();
  return keys.filter((key, i) => values[i] !== key);
}
