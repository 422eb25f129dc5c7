import { randomUUID } from 'node:crypto';
import { connectRaw, freePort, type RawClient } from '@shardmux/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type ObservedServer,
  ObservedShard,
  startObserved,
  untilInfo,
} from '../../support/observed-shard.js';

let servers: readonly ObservedServer[];
let shard: ObservedShard;
let coordination: string;

beforeEach(async () => {
  coordination = `{ use: embedded, name: "${randomUUID()}" }`;
  servers = await startObserved();
});

afterEach(() => shard?.stop());

/** A write that the former primary took with it has an unknown outcome: whoever sent it tries again. */
async function untilWritten(client: RawClient, value: string): Promise<void> {
  for (;;) {
    const reply = await client.command('SET', 'key', value);
    if (reply === 'OK') return;
    expect(String(reply)).toMatch(/ERR (unknown|.*timed out)/);
  }
}

const faults = [
  {
    fault: 'killed',
    strike: ({ redis }: ObservedServer) => redis.kill(),
    heal: ({ redis }: ObservedServer) => redis.restart(),
  },
  {
    fault: 'stopped',
    strike: async ({ redis }: ObservedServer) => redis.freeze(),
    heal: async ({ redis }: ObservedServer) => redis.thaw(),
  },
  {
    fault: 'cut off',
    strike: async ({ relay }: ObservedServer) => relay.blackhole(),
    heal: ({ relay }: ObservedServer) => relay.resume(),
  },
];

test.each(faults)(
  'a replica takes over from a primary that is $fault, and has it for its replica when it is back',
  async ({ strike, heal }) => {
    shard = await ObservedShard.start(servers, { coordination });
    const [client] = shard.clients;
    expect(await client.command('SET', 'other', 'before')).toBe('OK');
    expect(await client.command('WAIT', '2', '1000')).toBe(2);
    const [former] = servers;
    // Takes the former primary for one, whatever becomes of it.
    const lost = await connectRaw(former.redis.endpoint);
    await strike(former);
    for (const each of shard.clients) await untilWritten(each, 'after');
    await heal(former);
    await untilInfo(former, /role:slave[\s\S]*master_link_status:up/);
    await lost.closed;
    for (const each of shard.clients)
      expect(await each.command('MGET', 'key', 'other')).toEqual(['after', 'before']);
  },
  30_000,
);

test('of two replicas, the one takes over that has more', async () => {
  shard = await ObservedShard.start(servers, { coordination });
  const [client] = shard.clients;
  const [primary, behind, ahead] = servers;
  const direct = await connectRaw(behind.redis.endpoint, { strings: true });
  expect(await direct.command('REPLICAOF', '127.0.0.1', String(await freePort()))).toBe('OK');
  await direct.close();
  expect(await client.command('SET', 'key', 'value')).toBe('OK');
  expect(await client.command('WAIT', '1', '1000')).toBe(1);
  await primary.redis.kill();
  await untilInfo(ahead, /role:master/);
  expect(await client.command('GET', 'key')).toBe('value');
  await untilInfo(behind, new RegExp(`role:slave[\\s\\S]*master_port:${ahead.relay.port}`));
});
