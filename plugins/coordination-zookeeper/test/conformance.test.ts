import { coordinationSuite, topologySuite } from '@shardmux/conformance';
import { outagesOf, type Relay, startRelay, startZooKeeper, type ZooKeeperServer } from '@shardmux/testing';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { plugins, type Server, ZooKeeperStore } from '../src/index.js';

const LIMIT = 25_000;

let zookeeper: ZooKeeperServer;
let relay: Relay;

beforeAll(async () => {
  zookeeper = await startZooKeeper();
  relay = await startRelay(zookeeper.endpoint);
});

afterAll(async () => {
  await relay.stop();
  await zookeeper.stop();
});

const storeAt = ({ host, port }: Server) =>
  new ZooKeeperStore({ connect: [{ host, port }], prefix: '/conformance' });
const direct = () => storeAt(zookeeper);
const relayed = () => storeAt(relay);

const { killed, frozen, partitioned, refused } = outagesOf(
  () => zookeeper,
  () => relay,
);

const [coordination, topology] = plugins;

describe.each([coordination])('$name', { timeout: LIMIT + 2_000 }, () => {
  describe.each([
    ['killed', direct, { outage: killed }],
    ['frozen', direct, { outage: frozen }],
    ['cut off by a network that swallows all', relayed, { outage: partitioned, createBeside: direct }],
    ['cut off by a network that refuses all', relayed, { outage: refused, createBeside: direct }],
  ])('%s', (_, create, outage) => {
    const suite = coordinationSuite(create, { ...outage, limit: LIMIT });
    const all = coordinationSuite(create).length;
    for (const { promise, check } of suite.slice(all)) test(promise, check);
  });

  for (const { promise, check } of coordinationSuite(direct)) test(promise, check);
});

describe.each([topology])('topology $name', () => {
  let store: ZooKeeperStore;
  let version: string | null = null;
  let count = 1;

  /** One server more than before. */
  async function change(): Promise<void> {
    const list = Array.from({ length: count++ }, (_, i) => `h:${i + 1}:1 n${i}`);
    version = await store.compareAndSet('servers', version, JSON.stringify({ servers: list }));
  }

  beforeAll(async () => {
    store = new ZooKeeperStore({ connect: [zookeeper], prefix: '/topology' });
    store.start({ away: () => {}, back: () => {} });
    await change();
  });

  afterAll(() => store.stop());

  const create = (key: string) => topology.create({ connect: [zookeeper], path: `/topology/${key}` });
  const createWithoutServers = () => create('none');
  const suite = topologySuite(() => create('servers'), { change, createWithoutServers });
  for (const { promise, check } of suite) test(promise, check);
});
