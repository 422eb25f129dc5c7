import type { Endpoint } from '@shardmux/plugin-api';
import { connectRaw, freePort, type RawClient } from '@shardmux/testing';
import { createProxy, type ProxyService } from 'shardmux';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LiveTopology } from '../../support/live-topology.js';
import { callsOf, ReplicatedShard } from '../../support/replicated-shard.js';

let shard: ReplicatedShard;
let proxy: ProxyService;
let client: RawClient;
let direct: RawClient;

/** One replica: sessions know no other. */
async function start(reads: string): Promise<void> {
  const topology = new LiveTopology([shard.with(0)]);
  const endpoint: Endpoint = { kind: 'tcp', host: '127.0.0.1', port: await freePort() };
  const failover = 'failover: { use: fail-fast, failureLimit: 1, retryTimeout: 60000 }';
  const yaml = `stats: { listen: null }\npools: { alpha: { listen: "127.0.0.1:${endpoint.port}", topology: live, reads: ${reads}, ${failover} } }`;
  proxy = createProxy({ yaml }, { plugins: [topology.plugin] });
  await proxy.start();
  client = await connectRaw(endpoint, { strings: true });
  await readsOf('replica');
}

beforeEach(async () => {
  shard = await ReplicatedShard.start(1);
  direct = await connectRaw(shard.primary.endpoint, { strings: true });
  await direct.command('SET', 'key', 'first');
  await direct.command('WAIT', 1, 5_000);
});

afterEach(async () => {
  await client?.close();
  await proxy?.stop();
  await direct?.close();
  await shard?.stop();
});

const read = () => client.command('GET', 'key');

/** Resolves when reads go there, none of which fails or waits long until then. */
async function readsOf(role: 'primary' | 'replica'): Promise<void> {
  const server = role === 'primary' ? shard.primary : shard.replicas[0];
  const calls = () => callsOf(server, 'get');
  await expect
    .poll(
      async () => {
        const before = await calls();
        expect(await read()).toBe('first');
        return (await calls()) - before;
      },
      { timeout: 10_000 },
    )
    .toBe(1);
}

describe('replica-preferred', () => {
  beforeEach(() => start('replica-preferred'));

  test('a replica that hangs: what waits there goes to the primary, and it comes back', async () => {
    shard.replicas[0].freeze();
    const [first, second] = await Promise.all([read(), read()]);
    expect([first, second]).toEqual(['first', 'first']);
    // The replica cannot be asked how often it was read.
    const before = await callsOf(shard.primary, 'get');
    await read();
    expect(await callsOf(shard.primary, 'get')).toBe(before + 1);
    shard.replicas[0].thaw();
    await readsOf('replica');
  });

  test('a replica that is gone: its reads are asked of the primary, and it comes back', async () => {
    const replies = client.pipeline(Array.from({ length: 1_000 }, () => ['GET', 'key']));
    await shard.replicas[0].kill();
    expect(new Set(await replies)).toEqual(new Set(['first']));
    await readsOf('primary');
    await shard.replicas[0].restart();
    await readsOf('replica');
  });

  test('a replica whose primary is out of reach is left out until it follows again', async () => {
    shard.relays[0].refuse();
    shard.relays[0].cut('reset');
    await readsOf('primary');
    await shard.relays[0].resume();
    await readsOf('replica');
  });

  test('a replica that hears nothing, and does not know it, is left out when it is stale', async () => {
    shard.relays[0].blackhole();
    await direct.command('SET', 'other', 'missed');
    await readsOf('primary');
    await shard.relays[0].resume();
    await readsOf('replica');
  }, 30_000);

  test('a server that is no replica any more is left out', async () => {
    const replica = await connectRaw(shard.replicas[0].endpoint);
    await replica.command('REPLICAOF', 'NO', 'ONE');
    await readsOf('primary');
    await replica.command('REPLICAOF', shard.relays[0].host, shard.relays[0].port);
    await readsOf('replica');
    await replica.close();
  });

  test('a replica that follows another primary is left out', async () => {
    const other = await ReplicatedShard.start(0);
    const replica = await connectRaw(shard.replicas[0].endpoint);
    try {
      await replica.command('REPLICAOF', other.primary.host, other.primary.port);
      await shard.follows(0);
      await readsOf('primary');
      await replica.command('REPLICAOF', shard.relays[0].host, shard.relays[0].port);
      await readsOf('replica');
    } finally {
      await replica.close();
      await other.stop();
    }
  });
});

test('a replica that loads its data is left out, and says so to nobody', async () => {
  const replica = await connectRaw(shard.replicas[0].endpoint);
  await direct.command('EVAL', "for i = 1, 5000 do redis.call('set', 'filler ' .. i, i) end", 0);
  await direct.command('WAIT', 1, 5_000);
  await start('replica-preferred');
  // In microseconds.
  await replica.command('CONFIG', 'SET', 'key-load-delay', 300);
  await replica.command('CONFIG', 'SET', 'loading-process-events-interval-bytes', 1_024);
  await replica.command('REPLICAOF', 'NO', 'ONE');
  await replica.command('FLUSHALL');
  await replica.command('REPLICAOF', shard.relays[0].host, shard.relays[0].port);
  await readsOf('primary');
  await expect.poll(async () => String(await replica.command('INFO', 'persistence'))).toContain('loading:1');
  for (let i = 0; i < 20; i++) expect(await read()).toBe('first');
  await readsOf('replica');
  expect(await replica.command('INFO', 'persistence').then(String)).toContain('loading:0');
  await replica.close();
}, 30_000);

test('replica: while none is fit clients are told so, and then they are not', async () => {
  await start('replica');
  await shard.replicas[0].kill();
  await expect.poll(async () => String(await read())).toContain('ERR No replica is fit to be read from');
  expect(await client.command('SET', 'key', 'first')).toBe('OK');
  await shard.replicas[0].restart();
  await expect.poll(async () => String(await read()), { timeout: 5_000 }).toBe('first');
});
