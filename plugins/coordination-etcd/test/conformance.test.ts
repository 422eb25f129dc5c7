import { coordinationSuite, topologySuite } from '@shardmux/conformance';
import { type EtcdServer, outagesOf, type Relay, startEtcd, startRelay } from '@shardmux/testing';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { EtcdStore, plugins } from '../src/index.js';

const LIMIT = 20_000;

let etcd: EtcdServer;
let relay: Relay;

beforeAll(async () => {
  etcd = await startEtcd();
  relay = await startRelay(etcd.endpoint);
});

afterAll(async () => {
  await relay.stop();
  await etcd.stop();
});

const storeAt = (url: string) => new EtcdStore({ endpoints: [url], prefix: 'conformance/' });
const direct = () => storeAt(etcd.url);
const relayed = () => storeAt(`http://${relay.host}:${relay.port}`);

const { killed, frozen, partitioned, refused } = outagesOf(
  () => etcd,
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
  let store: EtcdStore;
  let version: string | null = null;
  let count = 1;

  /** One server more than before. */
  async function change(): Promise<void> {
    const list = Array.from({ length: count++ }, (_, i) => `h:${i + 1}:1 n${i}`);
    version = await store.compareAndSet('servers', version, JSON.stringify({ servers: list }));
  }

  beforeAll(async () => {
    store = new EtcdStore({ endpoints: [etcd.url], prefix: '' });
    store.start({ away: () => {}, back: () => {} });
    await change();
  });

  afterAll(() => store.stop());

  const create = (key: string) => topology.create({ endpoints: [etcd.url], key });
  const createWithoutServers = () => create('none');
  const suite = topologySuite(() => create('servers'), { change, createWithoutServers });
  for (const { promise, check } of suite) test(promise, check);
});
