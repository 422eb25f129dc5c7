import { freePort, type RedisCluster, type RedisServer, startRedisCluster } from '@shardmux/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { missingKeys } from '../support/missing-keys.js';
import { ReplicationSampler } from '../support/replication-sampler.js';
import { Shardmux } from '../support/shardmux.js';
import { type Write, Writers } from '../support/writers.js';
import { durationOf, SEED } from './support/chaos.js';

/** In ms. */
const NODE_TIMEOUT = 2_000;
/** How soon after a primary was killed writes flow again, and how long errors are counted from then on, in ms. */
const WINDOW = NODE_TIMEOUT + 1_000;
/** In ms. What is held until there is another primary may not fail. */
const TIMEOUT = 15_000;
const CLIENTS = 50;
/** How many slots move at a time. */
const SLOTS = 1_000;
/** Of each shard a word, and the slot of that word, which never moves. */
const HOMES = [
  { word: 'b', slot: 3_300 },
  { word: 'c', slot: 7_365 },
  { word: 'a', slot: 15_495 },
] as const;
/** Between which two the slots go to and fro: redis-cli takes the lowest, so that those come back. */
const PAIR = [
  [HOMES[0], HOMES[1]],
  [HOMES[0], HOMES[2]],
  [HOMES[1], HOMES[2]],
][SEED % 3];
const DURATION = durationOf(0);

let cluster: RedisCluster;
let proxy: Shardmux;

beforeAll(async () => {
  cluster = await startRedisCluster({ primaries: 3, replicas: 3, nodeTimeout: NODE_TIMEOUT });
  const [{ host, port }] = cluster.servers;
  const pool = [
    `    listen: 127.0.0.1:${await freePort()}`,
    `    timeout: ${TIMEOUT}`,
    `    topology: { use: redis-cluster, seeds: ["${host}:${port}"], hasten: 500 }`,
  ];
  proxy = await Shardmux.start(['pools:', '  alpha:', ...pool, ''].join('\n'));
}, 60_000);

afterAll(async () => {
  await proxy?.stop();
  await cluster?.stop();
});

test(
  `writers see no slot move, and little of a primary that is killed, seed ${SEED}`,
  async () => {
    const end = performance.now() + DURATION;
    for (let round = 0; ; round++) {
      const [from, to] = round % 2 === 0 ? PAIR : PAIR.toReversed();
      const writers = await startWriters(round);
      await reshard(writers, from, to);
      const victim = await killPrimary(writers, to, round);
      if (performance.now() >= end) break;
      await victim.restart();
      await cluster.settled();
    }
  },
  DURATION + 90_000,
);

/** Half of the clients write everywhere, each of the others to one slot. */
function startWriters(round: number): Promise<Writers> {
  return Writers.start(proxy.endpoints[0], CLIENTS, (client, write) =>
    client % 2 === 0 ? `${round}:${client}:${write}` : `{${client}}:${round}:${write}`,
  );
}

type Home = (typeof HOMES)[number];

async function reshard({ writes }: Writers, from: Home, to: Home): Promise<void> {
  await cluster.reshard(SLOTS, await cluster.primaryOf(from.slot), await cluster.primaryOf(to.slot));
  expect(writes.filter(failed)).toEqual([]);
  expect(writes.length).toBeGreaterThan(1_000);
}

/** The primary of a shard is killed, and returned. */
async function killPrimary(writers: Writers, { word, slot }: Home, round: number): Promise<RedisServer> {
  const victim = await cluster.primaryOf(slot);
  const replica = await cluster.replicaOf(victim);
  const probe = await Writers.start(proxy.endpoints[0], 1, (_, write) => `{${word}}:${round}:probe:${write}`);
  const sampler = await ReplicationSampler.start(victim, replica);
  const before = performance.now();
  await vi.waitUntil(() => sampler.owedUntil > before + 500, { timeout: 10_000 });

  const killedAt = performance.now();
  await victim.kill();
  const flowing = () => probe.writes.find((write) => write.sentAt > killedAt && !failed(write));
  const { doneAt: flowsAt } = await vi.waitUntil(flowing, { timeout: 10_000 });
  const end = killedAt + WINDOW;
  await vi.waitUntil(() => performance.now() > end, { timeout: WINDOW });
  await Promise.all([writers.stop(), probe.stop()]);

  expect(flowsAt).toBeLessThan(end);
  const inWindow = writers.writes.filter(({ sentAt, doneAt }) => doneAt > killedAt && sentAt < end);
  expect(inWindow.filter(failed).length / inWindow.length).toBeLessThanOrEqual(0.02);
  const owed = writers.writes.filter((write) => write.doneAt <= sampler.owedUntil && !failed(write));
  expect(owed.length).toBeGreaterThan(1_000);
  expect(
    await missingKeys(
      proxy.endpoints[0],
      owed.map(({ key }) => key),
    ),
  ).toEqual([]);
  return victim;
}

function failed({ error }: Write): boolean {
  return error !== null;
}
