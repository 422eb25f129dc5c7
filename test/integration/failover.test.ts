import { setTimeout as sleep } from 'node:timers/promises';
import { connectRaw } from '@shardmux/testing';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Load, percentile } from '../support/load.js';
import { Shards } from '../support/shards.js';
import { readStats } from '../support/stats.js';

const TIMEOUT = 400;
/** How much later a machine with much to do may be, in ms. */
const BUSY = 2_000;
/** How long it is watched before and after the fault, in ms. */
const WINDOW = 10_000;

let shards: Shards;

afterEach(() => shards?.stop());

/** Keys by the index of the server that has them. */
async function keysByServer(): Promise<string[][]> {
  const client = await connectRaw(shards.endpoint);
  const keys = Array.from({ length: 300 }, (_, i) => `key${i}`);
  await client.command('MSET', ...keys.flatMap((key) => [key, 'x'.repeat(32)]));
  await client.close();
  return Promise.all(
    shards.servers.map(async (server) => {
      const direct = await connectRaw(server.endpoint, { strings: true });
      const held = (await direct.command('KEYS', '*')) as string[];
      await direct.close();
      return held;
    }),
  );
}

async function ejectedAt(server: number): Promise<number> {
  const { document } = await readStats(shards.shardmux.statsPort);
  const row = (document.alpha as Record<string, Record<string, number>>)[`shard${server}`];
  return row.server_ejected_at;
}

describe.each(['killed', 'stopped'] as const)('one of three servers is %s under load', (fault) => {
  test('live shards do not notice; the dead one is ejected, probed, and comes back', async () => {
    shards = await Shards.start(
      3,
      [`timeout: ${TIMEOUT}`, 'failover: { use: auto-eject, failureLimit: 2, retryTimeout: 1000 }'],
      ['stats: { interval: 100 }'],
    );
    const [dead, ...alive] = await keysByServer();
    const live = alive.flat();
    const steady = await Load.start(shards.endpoint, 10, (i) => ['GET', live[(i * 7) % live.length]]);
    const hit = await Load.start(shards.endpoint, 5, (i) => ['GET', dead[i % dead.length]]);
    await sleep(WINDOW);

    const faultAt = performance.now();
    if (fault === 'killed') await shards.servers[0].kill();
    else shards.servers[0].freeze();
    await sleep(WINDOW);
    const until = performance.now();
    await vi.waitUntil(() => ejectedAt(0), { timeout: 5_000 });

    // Whoever waited for the dead server would wait for the whole of its timeout.
    expect(percentile(steady.between(faultAt, until), 0.99)).toBeLessThan(TIMEOUT / 2);
    expect(steady.outcomes.filter(({ error }) => error !== null)).toEqual([]);
    expect(steady.closed + hit.closed).toBe(0);
    const slowest = percentile(hit.outcomes, 1);
    expect(slowest).toBeLessThanOrEqual(TIMEOUT + BUSY);
    // Once it is ejected, its keys live elsewhere and nobody waits for it.
    expect(hit.between(until - 2_000, until).filter(({ error }) => error !== null)).toEqual([]);

    if (fault === 'killed') await shards.servers[0].restart();
    else shards.servers[0].thaw();
    const direct = await connectRaw(shards.servers[0].endpoint);
    await direct.command('FLUSHALL');
    const client = await connectRaw(shards.endpoint);
    await vi.waitUntil(
      async () => {
        await client.command('SET', dead[0], 'back');
        return (await direct.command('EXISTS', dead[0])) === 1;
      },
      { timeout: 5_000, interval: 50 },
    );
    await Promise.all([steady.stop(), hit.stop(), client.close(), direct.close()]);
  }, 60_000);
});

test('without auto-eject a dead server answers with errors until it is back, and nothing is rehashed', async () => {
  shards = await Shards.start(2, [`timeout: ${TIMEOUT}`]);
  const [dead] = await keysByServer();
  const client = await connectRaw(shards.endpoint);
  await shards.servers[0].kill();
  const errors = new Set<string>();
  for (let i = 0; i < 20; i++) errors.add(String(await client.command('GET', dead[0])));
  expect([...errors].filter((error) => !/Connection refused|closed the connection/.test(error))).toEqual([]);
  await shards.servers[0].restart();
  await vi.waitUntil(async () => String(await client.command('SET', dead[0], 'back')) === 'OK', {
    timeout: 3_000,
  });
  const direct = await connectRaw(shards.servers[0].endpoint);
  expect(String(await direct.command('GET', dead[0]))).toBe('back');
  await Promise.all([client.close(), direct.close()]);
});

test('when all servers are ejected every request is refused at once, and the client stays', async () => {
  shards = await Shards.start(1, ['failover: { use: auto-eject, failureLimit: 1, retryTimeout: 300 }']);
  const client = await connectRaw(shards.endpoint);
  await client.command('SET', 'a', '1');
  await shards.servers[0].kill();
  await vi.waitUntil(async () => /Connection refused/.test(String(await client.command('GET', 'a'))), 10_000);
  expect(String(await client.command('MGET', 'a', 'b'))).toMatch(/ERR Connection refused$/);
  await shards.servers[0].restart();
  await vi.waitUntil(async () => String(await client.command('SET', 'a', '2')) === 'OK', { timeout: 3_000 });
  await client.close();
});
