import {
  askServer,
  type RedisCluster,
  type RedisServer,
  startRedisCluster,
  startRelay,
} from '@shardmux/testing';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { Record } from './record.js';
import { addressOf } from './servers.js';

/** In ms. No server says of another that it failed before so long. */
const NODE_TIMEOUT = 5_000;
const HASTEN = 500;

let cluster: RedisCluster;

beforeAll(async () => {
  // The first primary has two.
  cluster = await startRedisCluster({ primaries: 3, replicas: 4, nodeTimeout: NODE_TIMEOUT });
}, 60_000);
beforeEach(() => cluster.settled(), 30_000);
afterAll(() => cluster.stop());

/** How often a server was asked or told so. */
async function callsOf(server: RedisServer, subcommand: string): Promise<number> {
  const stats = String(await askServer(server, 'INFO', 'commandstats'));
  return Number(new RegExp(`cmdstat_cluster\\|${subcommand}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
}

/** Resolves when so many readings are over as take longer than any patience. */
async function manyReadings(): Promise<void> {
  const [first] = cluster.servers;
  const before = await callsOf(first, 'shards');
  await expect.poll(() => callsOf(first, 'shards'), { timeout: 20_000 }).toBeGreaterThan(before + 30);
}

/** Has a replica lose its primary, and not find it again until the test is over. */
async function cutOff(replica: RedisServer): Promise<void> {
  await askServer(replica, 'CONFIG', 'SET', 'masterauth', 'wrong');
  await askServer(replica, 'CLIENT', 'KILL', 'TYPE', 'master');
  await expect.poll(() => askServer(replica, 'INFO', 'replication')).toContain('master_link_status:down');
  onTestFinished(async () => {
    await askServer(replica, 'CONFIG', 'SET', 'masterauth', '');
  });
}

test('a primary that refuses us alone is left to lead: its replica hears it', async () => {
  const [first, , primary, , , replica] = cluster.servers;
  const relay = await startRelay(primary.endpoint);
  onTestFinished(() => relay.stop());
  const natMap = { [addressOf(primary)]: addressOf(relay) };
  await Record.start({ seeds: [addressOf(first)], natMap, hasten: HASTEN });
  await expect.poll(() => relay.openConnections).toBe(1);
  await relay.stop();
  await manyReadings();
  expect(await callsOf(replica, 'failover')).toBe(0);
}, 30_000);

test('a primary that is silent is left to lead, whatever its replica hears', async () => {
  const [first, primary, , , replica] = cluster.servers;
  await Record.start({ seeds: [addressOf(first)], hasten: HASTEN });
  await cutOff(replica);
  primary.freeze();
  await manyReadings();
  primary.thaw();
  expect(await callsOf(replica, 'failover')).toBe(0);
}, 30_000);

test('a replica that lost its primary while that was there is left to the cluster', async () => {
  const [first, , primary, , , replica] = cluster.servers;
  await cutOff(replica);
  const lost = async () =>
    /link_down_since_seconds:(\d+)/.exec(String(await askServer(replica, 'INFO')))?.[1];
  await expect.poll(async () => Number(await lost()), { timeout: 10_000 }).toBeGreaterThan(2);
  await Record.start({ seeds: [addressOf(first)], hasten: HASTEN });
  await primary.kill();
  await manyReadings();
  expect(await callsOf(replica, 'failover')).toBe(0);
  await primary.restart();
}, 30_000);

test('of a primary that is killed, the replica that has most leads before the cluster has a verdict', async () => {
  const [primary, seed, , behind, , , replica] = cluster.servers;
  const record = await Record.start({ seeds: [addressOf(seed)], hasten: HASTEN });
  await cutOff(behind);
  await askServer(primary, 'SET', 'b', 'written');
  await expect.poll(() => askServer(replica, 'DBSIZE')).toBe(1);
  const killedAt = performance.now();
  await primary.kill();
  const places = () => record.nodes.map(({ endpoint }) => endpoint);
  await expect.poll(places, { timeout: 15_000 }).toContainEqual(replica.endpoint);
  expect(performance.now() - killedAt).toBeLessThan(NODE_TIMEOUT - 1_000);
  expect(await callsOf(behind, 'failover')).toBe(0);
  expect(record.errors).toEqual([]);
}, 30_000);
