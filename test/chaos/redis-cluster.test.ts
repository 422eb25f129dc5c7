import {
  askServer,
  connectRaw,
  freePort,
  type Operation,
  type RedisCluster,
  startRedisCluster,
} from '@shardmux/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HistoryRecorder } from '../support/history-recorder.js';
import { Shardmux } from '../support/shardmux.js';
import { durationOf, SEED } from './support/chaos.js';
import { linearizableRounds } from './support/rounds.js';

const CLIENTS = 20;
const KEYS = 8;
/** How many slots move at a time: the first ones, which have all the keys. */
const SLOTS = 100;
/** A slot of each shard that stays where it is. */
const SLOTS_THAT_STAY = [5_000, 8_000, 16_383];
const DURATION = durationOf(10_000);

let cluster: RedisCluster;
let proxy: Shardmux;
let tags: readonly string[];

beforeAll(async () => {
  cluster = await startRedisCluster({ primaries: 3, replicas: 3 });
  const [{ host, port }] = cluster.servers;
  const pool = [
    `    listen: 127.0.0.1:${await freePort()}`,
    `    topology: { use: redis-cluster, seeds: ["${host}:${port}"] }`,
  ];
  proxy = await Shardmux.start(['pools:', '  alpha:', ...pool, ''].join('\n'));
  tags = await tagsOfSlots(SLOTS, KEYS);
}, 60_000);

afterAll(async () => {
  await proxy?.stop();
  await cluster?.stop();
});

/** Words, each of which has one of the first so many slots. */
async function tagsOfSlots(slots: number, count: number): Promise<string[]> {
  const words = Array.from({ length: 10_000 }, (_, i) => `t${i}`);
  const client = await connectRaw(cluster.servers[0].endpoint);
  const found = await client.pipeline(words.map((word) => ['CLUSTER', 'KEYSLOT', word]));
  await client.close();
  return words.filter((_, i) => Number(found[i]) < slots).slice(0, count);
}

/** The first slots move on to the next shard, whose replica then takes over. */
async function disturb(round: number): Promise<void> {
  const from = await cluster.primaryOf(0);
  const to = await cluster.primaryOf(SLOTS_THAT_STAY[(round + 1) % SLOTS_THAT_STAY.length]);
  await cluster.reshard(SLOTS, from, to);
  await cluster.takeOver(await cluster.replicaOf(to));
  await cluster.settled();
}

/** Clients call commands on keys that no round before had, all of them in the slots that move. */
async function play(round: number): Promise<readonly Operation[]> {
  const keys = tags.map((tag) => `{${tag}}${round}`);
  const recorder = await HistoryRecorder.start(proxy.endpoints[0], CLIENTS, keys, SEED + round * CLIENTS);
  await disturb(round);
  await recorder.stop();
  expect(recorder.errors).toEqual(new Map());
  return recorder.history;
}

/** How many requests the servers have sent on to another one, by an error of this code. */
async function redirects(code: 'MOVED' | 'ASK'): Promise<number> {
  const infos = await askAll('INFO', 'errorstats');
  const counts = infos.map((info) => new RegExp(`errorstat_${code}:count=(\\d+)`).exec(info)?.[1] ?? 0);
  return counts.reduce<number>((sum, count) => sum + Number(count), 0);
}

function askAll(...command: string[]): Promise<string[]> {
  return Promise.all(cluster.servers.map(async (server) => String(await askServer(server, ...command))));
}

test(
  `while slots move and replicas take over each key is linearizable, seed ${SEED}`,
  async () => {
    const { answered, unknown } = await linearizableRounds(DURATION, play);
    expect(answered + unknown).toBeGreaterThan(500);
    expect(await redirects('MOVED')).toBeGreaterThan(0);
    expect(await redirects('ASK')).toBeGreaterThan(0);
  },
  DURATION + 60_000,
);
