import {
  askServer,
  freePort,
  type RedisCluster,
  type RedisServer,
  startRedisCluster,
  startRelay,
  TemporaryFolder,
} from '@shardmux/testing';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { Record } from './record.js';
import { addressOf, assign, startMember } from './servers.js';

let cluster: RedisCluster;
/** The ids of the first three servers, which the shards are called by. */
let names: readonly string[];

beforeAll(async () => {
  cluster = await startRedisCluster({ primaries: 3, replicas: 3, nodeTimeout: 1_000 });
  names = await Promise.all(
    cluster.servers.slice(0, 3).map(async (each) => String(await askServer(each, 'CLUSTER', 'MYID'))),
  );
}, 60_000);
afterAll(() => cluster.stop());

const seeds = () => [addressOf(cluster.servers[0])];

/** Where each shard's primary is, in the order of `names`. */
function primariesOf({ nodes }: Record): unknown[] {
  return names.map((name) => nodes.find((node) => node.name === name)?.endpoint);
}

test('one seed leads to all shards, their slots and their replicas', async () => {
  const { snapshots } = await Record.start({ seeds: seeds() });
  const edges = [0, 5_461, 10_923, 16_384];
  const expected = names.map((name, i) => ({
    name,
    endpoint: cluster.servers[i].endpoint,
    weight: 1,
    slots: [{ first: edges[i], last: edges[i + 1] - 1 }],
    replicas: [{ name: addressOf(cluster.servers[i + 3]), endpoint: cluster.servers[i + 3].endpoint }],
  }));
  expected.sort((one, other) => (one.name < other.name ? -1 : 1));
  expect(snapshots).toEqual([{ epoch: 1, nodes: expected }]);
});

test('a shard keeps its name, whichever of its servers is the primary', async () => {
  const record = await Record.start({ seeds: seeds() });
  const [old, , , replica] = cluster.servers;
  for (const next of [replica, old]) {
    await cluster.takeOver(next);
    await isPrimary(record, 0, next);
    await cluster.settled();
  }
}, 30_000);

test('a primary that is killed leaves its name to the replica that follows, and is no node of its own', async () => {
  const record = await Record.start({ seeds: seeds() });
  const [, , old, , , replica] = cluster.servers;
  await old.kill();
  await isPrimary(record, 2, replica);
  await old.restart();
  await cluster.settled();
  await cluster.takeOver(old);
  await isPrimary(record, 2, old);
  await cluster.settled();
}, 30_000);

/** Resolves when a server is the primary of a shard, and every shard is there by its old name, and no other. */
async function isPrimary(record: Record, shard: number, server: RedisServer): Promise<void> {
  await expect.poll(() => primariesOf(record)[shard], { timeout: 10_000 }).toEqual(server.endpoint);
  // Whoever had its slots is a primary without any, until it copies it.
  await expect.poll(() => record.nodes.map(({ name }) => name)).toEqual([...names].sort());
}

test('a replica that failed is left out until it is back', async () => {
  const record = await Record.start({ seeds: seeds() });
  const replica = cluster.servers[4];
  const replicas = () => record.nodes.find(({ name }) => name === names[1])?.replicas;
  expect(replicas()).toHaveLength(1);
  await replica.kill();
  await expect.poll(replicas, { timeout: 10_000 }).toEqual([]);
  await replica.restart();
  await expect
    .poll(replicas, { timeout: 10_000 })
    .toEqual([expect.objectContaining({ endpoint: replica.endpoint })]);
  expect(record.errors).toEqual([]);
}, 30_000);

test('ten thousand doubts in a second cause ten readings', async () => {
  const record = await Record.start({ seeds: seeds(), interval: 60_000 });
  const questions = async () => {
    const stats = await Promise.all(
      cluster.servers.map((server) => askServer(server, 'INFO', 'commandstats')),
    );
    return stats.map((text) => Number(/cmdstat_cluster\|shards:calls=(\d+)/.exec(String(text))?.[1] ?? 0));
  };
  const before = await questions();
  const begin = performance.now();
  for (let doubts = 0; doubts < 10_000; doubts += 100) {
    for (let i = 0; i < 100; i++) record.source.refresh();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await record.source.stop();
  const after = await questions();
  // Nobody is asked twice in one reading, and whoever answered is asked first in the next.
  const readings = Math.max(...after.map((count, i) => count - before[i]));
  expect(readings).toBeGreaterThan(2);
  expect(readings).toBeLessThanOrEqual((performance.now() - begin) / 100 + 2);
});

test('a doubt brings a change at once that the interval would bring in a minute', async () => {
  const record = await Record.start({ seeds: seeds(), interval: 60_000 });
  const [first, second] = cluster.servers;
  await cluster.reshard(1, first, second);
  expect(record.snapshots).toHaveLength(1);
  record.source.refresh();
  await expect.poll(() => record.snapshots.length).toBe(2);
  await cluster.reshard(1, second, first);
}, 30_000);

test.each([
  ['one that sees only some of the slots, as if it were cut off, in whatever epoch', 1, 8_000, 100],
  ['two that see all slots, in an older epoch', 2, 16_383, -1],
  ['one that sees all slots, in the same epoch, and nobody agrees with', 1, 16_383, 0],
])('of several seeds, %s, are not believed', async (_, count, last, ahead) => {
  const info = String(await askServer(cluster.servers[0], 'CLUSTER', 'INFO'));
  const epoch = Number(/current_epoch:(\d+)/.exec(info)?.[1]) + ahead;
  const strangers = await Promise.all(Array.from({ length: count }, () => startMember()));
  for (const stranger of strangers) await askServer(stranger, 'CLUSTER', 'SET-CONFIG-EPOCH', String(epoch));
  await Promise.all(strangers.map((stranger) => assign(stranger, 0, last)));
  // Who answers first is a matter of chance.
  for (let i = 0; i < 8; i++) {
    const record = await Record.start({ seeds: [...strangers.map(addressOf), ...seeds()] });
    expect(record.nodes.map(({ name }) => name)).toEqual([...names].sort());
    expect(record.errors).toEqual([]);
  }
});

test('seeds that are gone, or answer nothing, are passed over', async () => {
  const frozen = await startMember();
  frozen.freeze();
  const nobody = `127.0.0.1:${await freePort()}`;
  const record = await Record.start({ seeds: [nobody, addressOf(frozen), 'nowhere.invalid:1', ...seeds()] });
  expect(record.nodes).toHaveLength(3);
});

test('where no seed is left, those that a cache has are asked', async () => {
  const folder = new TemporaryFolder();
  onTestFinished(() => folder.remove());
  const cache = `${folder.path}/servers.json`;
  const before = await Record.start({ seeds: seeds(), cache });
  await before.source.stop();
  const record = await Record.start({ seeds: [`127.0.0.1:${await freePort()}`], cache });
  expect(record.errors).toHaveLength(1);
  // All is well again.
  await expect.poll(() => record.snapshots.length).toBeGreaterThan(1);
  expect(record.nodes).toEqual(before.nodes);
});

test('servers are reached where the NAT map says', async () => {
  const [server] = cluster.servers;
  const relay = await startRelay(server.endpoint);
  onTestFinished(() => relay.stop());
  const record = await Record.start({
    seeds: [addressOf(relay)],
    natMap: { [addressOf(server)]: addressOf(relay) },
  });
  const [, second, third] = cluster.servers;
  expect(primariesOf(record)).toEqual([relay.endpoint, second.endpoint, third.endpoint]);
  expect(record.source.endpointOf(server.host, server.port)).toEqual(relay.endpoint);
  expect(record.source.endpointOf(second.host, second.port)).toEqual(second.endpoint);
  await record.source.stop();
  expect(relay.connections).toBe(1);
  await expect.poll(() => relay.openConnections).toBe(0);
});
