import { connectRaw, type RawClient } from '@shardmux/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Shards } from '../support/shards.js';
import { readStats } from '../support/stats.js';

const TIMEOUT = 200;

let shards: Shards;
let client: RawClient;
/** One key of each server. */
const keys: string[] = [];

beforeAll(async () => {
  shards = await Shards.start(
    2,
    [`timeout: ${TIMEOUT}`, 'failover: { use: fail-fast, failureLimit: 2, retryTimeout: 100 }'],
    ['stats: { interval: 50 }'],
  );
  client = await connectRaw(shards.endpoint, { strings: true });
  await client.command('MSET', ...Array.from({ length: 50 }, (_, i) => [`key${i}`, 'kept']).flat());
  for (const { endpoint } of shards.servers) {
    const direct = await connectRaw(endpoint, { strings: true });
    keys.push(String(await direct.command('RANDOMKEY')));
    await direct.close();
  }
});

afterAll(async () => {
  await client?.close();
  await shards?.stop();
});

async function timeouts(): Promise<number> {
  const { document } = await readStats(shards.shardmux.statsPort);
  return (document.alpha as Record<string, Record<string, number>>).shard0.server_timedout;
}

test('nobody waits for a server that is out of service, nor gets what another has; it is back after a probe', async () => {
  shards.servers[0].freeze();
  const text = async (key: string) => String(await client.command('GET', key));
  await vi.waitUntil(async () => (await text(keys[0])).includes('Connection refused'), {
    timeout: 5_000,
    interval: 1,
  });
  const before = await timeouts();
  // So many timeouts would take longer than the test may.
  for (let i = 0; i < 500; i++) expect(await text(keys[0])).toContain('Connection refused');
  expect(await timeouts()).toBe(before);
  expect(await text(keys[1])).toBe('kept');
  expect(await client.command('SET', keys[0], 'lost')).toBeInstanceOf(Error);

  shards.servers[0].thaw();
  await vi.waitUntil(async () => (await text(keys[0])) === 'kept', { timeout: 5_000 });
});
