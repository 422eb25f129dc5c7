import { randomUUID } from 'node:crypto';
import { askServer, connectRaw, freePort, type RawClient } from '@shardmux/testing';
import { createClient } from 'shardmux';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { faults } from '../../support/faults.js';
import { ObservedShard, untilInfo, untilWritten } from '../../support/observed-shard.js';
import { replicationOf } from '../../support/relayed-shard.js';

let shard: ObservedShard;
let store: object;

beforeEach(async () => {
  store = { use: 'embedded', name: randomUUID() };
  shard = await ObservedShard.start();
});

afterEach(() => shard?.stop());

async function observe(count: number): Promise<readonly RawClient[]> {
  for (let i = 0; i < count; i++) await shard.observe({ coordination: store });
  return shard.observers.map(({ client }) => client);
}

test.each(faults)(
  'a replica takes over from its primary by $name, and has it for its replica when it is back',
  async ({ strike, heal }) => {
    const clients = await observe(3);
    expect(await clients[0].command('SET', 'other', 'before')).toBe('OK');
    expect(await clients[0].command('WAIT', '2', '1000')).toBe(2);
    const [former] = shard.members;
    // Takes the former primary for one, whatever becomes of it.
    const lost = await connectRaw(former.server.endpoint);
    await strike(former);
    for (const each of clients) await untilWritten(each, 'key', 'after');
    await heal(former);
    await untilInfo(former, /role:slave[\s\S]*master_link_status:up/);
    await lost.closed;
    for (const each of clients)
      expect(await each.command('MGET', 'key', 'other')).toEqual(['after', 'before']);
  },
  30_000,
);

test('of two replicas, the one takes over that has more', async () => {
  const [client] = await observe(3);
  const [primary, behind, ahead] = shard.members;
  expect(await askServer(behind.server, 'REPLICAOF', '127.0.0.1', String(await freePort()))).toBe('OK');
  expect(await client.command('SET', 'key', 'value')).toBe('OK');
  expect(await client.command('WAIT', '1', '1000')).toBe(1);
  await primary.server.kill();
  await untilInfo(ahead, /role:master/);
  expect(await client.command('GET', 'key')).toBe('value');
  await untilInfo(behind, new RegExp(`role:slave[\\s\\S]*master_port:${ahead.relay.port}`));
});

test('a replica that the operator keeps from leading does not', async () => {
  const [client] = await observe(3);
  const [primary, kept, other] = shard.members;
  expect(await askServer(kept.server, 'CONFIG', 'SET', 'replica-priority', '0')).toBe('OK');
  await primary.server.kill();
  await untilWritten(client, 'key', 'value');
  expect(await replicationOf(other.server)).toMatch(/role:master/);
});

test('a shard is failed over again and again, and back', async () => {
  const [client] = await observe(3);
  for (let i = 0; i < 5; i++) {
    const infos = await Promise.all(shard.members.map(({ server }) => replicationOf(server)));
    const leader = shard.members[infos.findIndex((info) => /role:master/.test(info))];
    expect(await client.command('SET', 'kept', String(i))).toBe('OK');
    expect(await client.command('WAIT', '2', '3000')).toBe(2);
    await leader.server.kill();
    await untilWritten(client, `round${i}`, 'written');
    await leader.server.restart();
    for (const each of shard.members) await untilInfo(each, /role:master|master_link_status:up/);
    expect(await client.command('GET', 'kept')).toBe(String(i));
  }
}, 60_000);

test('a failover by hand is followed, and not undone', async () => {
  const [client] = await observe(3);
  const [primary, next] = shard.members;
  expect(await askServer(primary.server, 'FAILOVER', 'TO', next.relay.host, String(next.relay.port))).toBe(
    'OK',
  );
  await untilWritten(client, 'key', 'value');
  expect(await replicationOf(next.server)).toMatch(/role:master/);
  expect(await replicationOf(primary.server)).toMatch(/role:slave/);
});

test('proxies that start later know who leads, by the store', async () => {
  const [client] = await observe(3);
  await shard.members[0].server.kill();
  await untilWritten(client, 'key', 'value');
  const { client: late } = await shard.observe({ coordination: store });
  expect(await late.command('GET', 'key')).toBe('value');
});

test('and where the store has forgotten it, by the servers', async () => {
  const [client] = await observe(1);
  const [former, next] = shard.members;
  expect(await askServer(former.server, 'FAILOVER', 'TO', next.relay.host, String(next.relay.port))).toBe(
    'OK',
  );
  await untilWritten(client, 'key', 'value');
  await shard.stopObservers();
  store = { use: 'embedded', name: randomUUID() };
  const [later] = await observe(1);
  await untilWritten(later, 'key', 'again');
  expect(await replicationOf(next.server)).toMatch(/role:master/);
});

test('a client in this process is an observer as well', async () => {
  await observe(1);
  const failover = { use: 'replica-promotion', quorum: 2 };
  const client = createClient({
    pools: { alpha: { coordination: store, failover, servers: [shard.config] } },
  });
  expect(await client.set('key', 'value')).toBe('OK');
  await client.wait(2, 1_000);
  await shard.members[0].server.kill();
  expect(await client.get('key')).toBe('value');
  client.disconnect();
});
