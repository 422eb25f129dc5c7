import {
  connectRaw,
  encodeCommand,
  freePort,
  type Relay,
  type Sentinel,
  startRelay,
  TemporaryFolder,
} from '@shardmux/testing';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { NatMap } from '../src/index.js';
import { Record } from './support/record.js';
import { Shard } from './support/shard.js';

type Address = Sentinel['endpoint'];

/** So long that nothing is learnt by it. */
const NEVER = 3_600_000;
const WAIT = { timeout: 20_000, interval: 5 };

let shard: Shard;

beforeAll(async () => {
  shard = await Shard.start();
}, 60_000);
beforeEach(() => shard.sentinels.settled());
afterAll(() => shard?.stop());

const all = (): readonly Address[] => shard.sentinels.members.map(({ endpoint }) => endpoint);
const nameOf = ({ host, port }: { readonly host: string; readonly port: number }) => `${host}:${port}`;

test('one Sentinel leads to the others, who tell of a failover when it is gone', async () => {
  const [first] = shard.sentinels.members;
  const record = await Record.start({ sentinels: [first.endpoint], interval: NEVER });
  const [primary, replica] = await shard.roles();
  const replicas = [{ name: nameOf(replica), endpoint: replica.endpoint }];
  expect(record.snapshots).toEqual([
    { epoch: 1, nodes: [{ name: 'shard', endpoint: primary.endpoint, weight: 1, replicas }] },
  ]);
  await first.kill();
  await shard.sentinels.failover('shard');
  await expect.poll(() => record.endpoint, WAIT).toEqual(replica.endpoint);
  expect(record.errors).toEqual([]);
  await first.restart();
}, 60_000);

test('a switch is delivered when the first Sentinel tells of it', async () => {
  const record = await Record.start({ sentinels: all(), interval: NEVER });
  const [, replica] = await shard.roles();
  const told = await Promise.all(shard.sentinels.members.map(subscribe));
  await shard.sentinels.failover('shard');
  const verdictAt = Math.min(...(await Promise.all(told.map(({ time }) => time))));
  const deliveredAt = record.timeOf(replica.endpoint);
  console.info(`delivered ${Math.round(deliveredAt - verdictAt)} ms after the first +switch-master`);
  expect(deliveredAt - verdictAt).toBeLessThan(500);
}, 60_000);

/** Resolves when it hears the Sentinel; the promise within is of the time of the next switch. */
async function subscribe({ endpoint }: Sentinel): Promise<{ readonly time: Promise<number> }> {
  const client = await connectRaw(endpoint, { strings: true });
  onTestFinished(() => client.close());
  await client.command('SUBSCRIBE', '+switch-master');
  return { time: client.read().then(() => performance.now()) };
}

test('one that was away while the others failed over does not move the pool back', async () => {
  const [one, two, stale] = shard.sentinels.members;
  const [old, replica] = await shard.roles();
  const meter = await Meter.to(stale);
  const record = await Record.start({ sentinels: [one.endpoint, two.endpoint], natMap: meter.natMap });
  await stale.kill();
  await shard.sentinels.failover('shard');
  await expect.poll(() => record.endpoint, WAIT).toEqual(replica.endpoint);
  const { length } = record.snapshots;
  // Nobody is left who could tell it.
  await Promise.all([one.kill(), two.kill()]);
  await stale.restart();
  await meter.makes(3);
  const [, port] = (await stale.ask('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'shard')) as string[];
  expect(Number(port)).toBe(old.port);
  const later = record.snapshots.slice(length).map(({ nodes }) => nodes[0].endpoint);
  expect(later).not.toContainEqual(old.endpoint);
  await Promise.all([one.restart(), two.restart()]);
}, 60_000);

/** A way to a Sentinel that tells how often this one was asked, by the bytes of one reading of one master. */
class Meter {
  readonly natMap: NatMap;
  readonly endpoint: Address;
  readonly #relay: Relay;

  private constructor(sentinel: Sentinel, relay: Relay) {
    this.endpoint = { kind: 'tcp', host: relay.host, port: relay.port };
    this.natMap = new Map([[nameOf(sentinel), this.endpoint]]);
    this.#relay = relay;
  }

  static async to(sentinel: Sentinel): Promise<Meter> {
    const relay = await startRelay(sentinel.endpoint);
    onTestFinished(() => relay.stop());
    return new Meter(sentinel, relay);
  }

  get readings(): number {
    const questions = ['MASTER', 'GET-MASTER-ADDR-BY-NAME', 'REPLICAS', 'SENTINELS'];
    const commands = [['SENTINEL', 'MYID'], ...questions.map((what) => ['SENTINEL', what, 'shard'])];
    return this.#relay.bytesToServer / Buffer.concat(commands.map(encodeCommand)).length;
  }

  /** Resolves when so many more have been made. */
  async makes(readings: number): Promise<void> {
    const before = this.readings;
    await expect.poll(() => this.readings, WAIT).toBeGreaterThan(before + readings);
  }
}

test('a replica that is gone is left out until it is a good copy again', async () => {
  const record = await Record.start({ sentinels: all() });
  const [, replica] = await shard.roles();
  const replicas = () => record.nodes[0].replicas?.map(({ name }) => name);
  expect(replicas()).toEqual([nameOf(replica)]);
  await replica.kill();
  await expect.poll(replicas, WAIT).toEqual([]);
  await replica.restart();
  await expect.poll(replicas, WAIT).toEqual([nameOf(replica)]);
  expect(record.errors).toEqual([]);
}, 60_000);

test('an outage is told once, the servers stay, and the source comes back by itself', async () => {
  const { members } = shard.sentinels;
  const record = await Record.start({ sentinels: all() });
  const [before] = record.snapshots;
  await Promise.all(members.map((each) => each.kill()));
  await expect.poll(() => record.errors, WAIT).toHaveLength(1);
  const [error] = record.errors;
  expect(error).toMatchObject({ code: 'SHARDMUX_SENTINEL_AWAY' });
  for (const each of members) expect(error.message).toContain(`${nameOf(each)}: `);
  const { length } = record.snapshots;
  await Promise.all(members.map((each) => each.restart()));
  await expect.poll(() => record.snapshots.length, WAIT).toBeGreaterThan(length);
  expect(record.endpoint).toEqual(before.nodes[0].endpoint);
  expect(record.errors).toHaveLength(1);
}, 60_000);

test('a master that nobody watches is named, at the start and later', async () => {
  const masters = [
    { name: 'shard', weight: 1 },
    { name: 'other', weight: 1 },
  ];
  const unknown = {
    code: 'SHARDMUX_SENTINEL_UNKNOWN_MASTER',
    message: expect.stringContaining('no Sentinel watches a master "other"'),
  };
  await expect(Record.start({ sentinels: all(), masters })).rejects.toMatchObject(unknown);

  const { host, port } = shard.servers[0];
  const [first] = shard.sentinels.members;
  await first.ask('SENTINEL', 'MONITOR', 'other', host, String(port), '1');
  const meter = await Meter.to(first);
  const { natMap } = meter;
  const record = await Record.start({ sentinels: [meter.endpoint], masters, natMap });
  expect(record.nodes.map(({ name }) => name)).toEqual(['shard', 'other']);
  await first.ask('SENTINEL', 'REMOVE', 'other');
  await expect.poll(() => record.errors, WAIT).toEqual([expect.objectContaining(unknown)]);
  await meter.makes(10);
  expect(record.errors).toHaveLength(1);
  expect(record.nodes.map(({ name }) => name)).toEqual(['shard', 'other']);
}, 60_000);

test('with a cache it starts though no Sentinel answers, and says so', async () => {
  const folder = new TemporaryFolder();
  onTestFinished(() => folder.remove());
  const cache = `${folder.path}/servers.json`;
  const { nodes } = await Record.start({ sentinels: all(), cache });
  const nobody: Address = { kind: 'tcp', host: '127.0.0.1', port: await freePort() };
  const record = await Record.start({ sentinels: [nobody], cache });
  expect(record.nodes).toEqual(nodes);
  expect(record.errors).toMatchObject([{ code: 'SHARDMUX_SENTINEL_AWAY' }]);
});

test('ten thousand doubts in a second have each Sentinel asked ten times', async () => {
  const meter = await Meter.to(shard.sentinels.members[0]);
  const record = await Record.start({
    sentinels: [meter.endpoint],
    natMap: meter.natMap,
    interval: NEVER,
  });
  const before = meter.readings;
  const begin = performance.now();
  for (let doubts = 0; doubts < 10_000; doubts += 100) {
    for (let i = 0; i < 100; i++) record.source.refresh();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await record.source.stop();
  const count = meter.readings - before;
  expect(count).toBeGreaterThan(2);
  expect(count).toBeLessThanOrEqual((performance.now() - begin) / 100 + 2);
});

test('Sentinels that are gone, or answer nothing, are passed over', async () => {
  const [first, , frozen] = shard.sentinels.members;
  frozen.freeze();
  const nobody: Address = { kind: 'tcp', host: '127.0.0.1', port: await freePort() };
  const nowhere: Address = { kind: 'tcp', host: 'nowhere.invalid', port: 1 };
  const record = await Record.start({ sentinels: [nobody, nowhere, frozen.endpoint, first.endpoint] });
  frozen.thaw();
  expect(record.nodes).toHaveLength(1);
  expect(record.errors).toEqual([]);
}, 30_000);

test('Sentinels and servers are reached where the NAT map says, and left when it is stopped', async () => {
  const [first] = shard.sentinels.members;
  const [primary, replica] = await shard.roles();
  const relay = await startRelay(first.endpoint);
  onTestFinished(() => relay.stop());
  const reached: Address = { kind: 'tcp', host: relay.host, port: relay.port };
  const elsewhere: Address = { kind: 'tcp', host: 'redis.example', port: 1 };
  const record = await Record.start({
    sentinels: [reached],
    natMap: new Map([
      [nameOf(first), reached],
      [nameOf(primary), elsewhere],
    ]),
  });
  expect(record.nodes).toMatchObject([
    { endpoint: elsewhere, replicas: [{ name: nameOf(replica), endpoint: replica.endpoint }] },
  ]);
  expect(relay.openConnections).toBe(2);
  await record.source.stop();
  await expect.poll(() => relay.openConnections).toBe(0);
});

test('it logs on', async () => {
  const [first] = shard.sentinels.members;
  const commands = ['+sentinel|myid', '+sentinel|master', '+sentinel|get-master-addr-by-name'];
  const others = ['+sentinel|replicas', '+sentinel|sentinels', '+psubscribe'];
  await first.ask('ACL', 'SETUSER', 'app', 'on', '>secret', 'allchannels', ...commands, ...others);
  const sentinels = [first.endpoint];
  const record = await Record.start({ sentinels, username: 'app', password: 'secret' });
  expect(record.nodes).toHaveLength(1);
  await record.source.stop();
  await shard.sentinels.members[1].kill();
  await shard.sentinels.members[2].kill();
  await expect(Record.start({ sentinels, username: 'app', password: 'wrong' })).rejects.toThrow(
    `${nameOf(first)}: WRONGPASS`,
  );
  await Promise.all(shard.sentinels.members.slice(1).map((each) => each.restart()));
}, 30_000);
