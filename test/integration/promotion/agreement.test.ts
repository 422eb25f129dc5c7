import {
  connectRaw,
  type EtcdServer,
  freePort,
  type RawClient,
  startEtcd,
  startRelay,
} from '@shardmux/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { ObservedShard, untilInfo, untilWritten } from '../../support/observed-shard.js';
import { replicationOf } from '../../support/relayed-shard.js';
import { Shardmux } from '../../support/shardmux.js';

let etcd: EtcdServer;
let shard: ObservedShard;
let place: string;
const cleanups: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  etcd = await startEtcd();
});

afterAll(() => etcd?.stop());

beforeEach(async () => {
  shard = await ObservedShard.start();
  place = `/${crypto.randomUUID()}/`;
});

afterEach(async () => {
  await shard?.stop();
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** The store, and what stands before it. */
async function relayedStore() {
  const relay = await startRelay(etcd.endpoint);
  cleanups.push(() => relay.stop());
  return { relay, store: storeAt(relay) };
}

function storeAt({ host, port }: { readonly host: string; readonly port: number }): object {
  return { use: 'etcd', endpoints: [`${host}:${port}`], prefix: place };
}

const direct = () => storeAt(etcd.endpoint as { host: string; port: number });

/** For so many ms: three times as long as a promotion takes, unless told. */
async function nobodyIsPromoted(time = 3_000): Promise<void> {
  const replicas = shard.members.slice(1);
  for (const end = performance.now() + time; performance.now() < end; ) {
    for (const { server } of replicas) expect(await replicationOf(server)).toMatch(/role:slave/);
  }
}

async function leaders(): Promise<number[]> {
  const infos = await Promise.all(shard.members.map(({ server }) => replicationOf(server)));
  return infos.flatMap((info, i) => (/role:master/.test(info) ? i : []));
}

test('one observer that holds a primary to be down is not enough', async () => {
  const patient = { downAfter: 60_000, refusedAfter: 60_000 };
  const hasty = { downAfter: 1_000 };
  const { client } = await shard.observe({ coordination: direct(), failover: patient });
  await shard.observe({ coordination: direct(), failover: patient });
  await shard.observe({ coordination: direct(), failover: hasty });
  const [primary] = shard.members;
  primary.server.freeze();
  const pending = client.command('SET', 'key', 'value');
  await nobodyIsPromoted();
  primary.server.thaw();
  await pending;
  expect(await leaders()).toEqual([0]);
}, 30_000);

test('a primary that hangs for less than its time keeps its place', async () => {
  for (let i = 0; i < 3; i++) await shard.observe({ coordination: direct() });
  const [{ client }] = shard.observers;
  const [primary] = shard.members;
  for (let i = 0; i < 2; i++) {
    primary.server.freeze();
    const pending = client.command('SET', 'key', 'value');
    await nobodyIsPromoted(1_300);
    primary.server.thaw();
    expect(await pending).toBe('OK');
  }
}, 30_000);

test('while the store is away nobody is promoted, all is served, and what is due is done when it is back', async () => {
  const { relay, store } = await relayedStore();
  for (let i = 0; i < 3; i++) await shard.observe({ coordination: store });
  const [{ client }] = shard.observers;
  relay.refuse();
  relay.cut('reset');
  expect(await client.command('SET', 'key', 'value')).toBe('OK');
  await shard.members[0].server.kill();
  await nobodyIsPromoted();
  await relay.resume();
  await untilWritten(client, 'key', 'after');
}, 40_000);

test('who is cut off from the store loses no write to a primary that was replaced', async () => {
  const { relay, store } = await relayedStore();
  for (const coordination of [direct(), direct(), store]) await shard.observe({ coordination });
  const [{ client }, , { client: cutOff }] = shard.observers;
  const [former, ...others] = shard.members;
  const written: string[] = [];
  let isWriting = true;
  const writing = writeUntil(cutOff, () => isWriting, written);
  await expect.poll(() => written.length).toBeGreaterThan(100);
  relay.refuse();
  relay.cut('reset');
  former.server.freeze();
  await untilWritten(client, 'key', 'value');
  const before = written.length;
  former.server.thaw();
  await untilInfo(former, /role:slave[\s\S]*master_link_status:up/);
  await relay.resume();
  // It writes again, and so to whoever leads by now.
  await vi.waitFor(() => expect(written.length).toBeGreaterThan(before + 100), { timeout: 10_000 });
  isWriting = false;
  await writing;
  const [leader] = await leaders();
  expect(others).toContain(shard.members[leader]);
  const leading = await connectRaw(shard.members[leader].server.endpoint, { strings: true });
  const found = (await leading.command('MGET', ...written.slice(before))) as (string | null)[];
  await leading.close();
  expect(found.filter((value) => value === null)).toEqual([]);
}, 40_000);

async function writeUntil(client: RawClient, goesOn: () => boolean, written: string[]): Promise<void> {
  for (let i = 0; goesOn(); i++) {
    const reply = await client.command('SET', `cut:${i}`, 'x');
    if (reply === 'OK') written.push(`cut:${i}`);
  }
}

test('workers are observers, each of them', async () => {
  const lines = [
    `listen: 127.0.0.1:${await freePort()}`,
    `coordination: ${JSON.stringify(direct())}`,
    'failover: { use: replica-promotion, quorum: 2 }',
    `servers: ${JSON.stringify([shard.config])}`,
  ];
  const pool = lines.map((line) => `    ${line}`);
  const proxy = await Shardmux.start(['workers: 2', 'pools:', '  alpha:', ...pool, ''].join('\n'));
  cleanups.push(() => proxy.stop());
  const clients = await Promise.all(
    Array.from({ length: 6 }, () => connectRaw(proxy.endpoints[0], { strings: true })),
  );
  await Promise.all(clients.map((client, i) => untilWritten(client, `before${i}`, 'value')));
  await shard.members[0].server.kill();
  await Promise.all(clients.map((client, i) => untilWritten(client, `after${i}`, 'value')));
  const infos = await Promise.all(shard.members.slice(1).map(({ server }) => replicationOf(server)));
  expect(infos.filter((info) => /role:master/.test(info))).toHaveLength(1);
  await Promise.all(clients.map((client) => client.close()));
}, 30_000);

test('without the store nobody knows who leads: a proxy says so, and does not start', async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  await expect(shard.observe({ coordination: storeAt({ host: '127.0.0.1', port }) })).rejects.toMatchObject({
    code: 'SHARDMUX_COORDINATION_AWAY',
    message: `which servers lead stands under "failover/alpha/roles" in the coordination store, and has to be known first: etcd is away: ${url}: connect ECONNREFUSED 127.0.0.1:${port}`,
  });
});
