import { randomUUID } from 'node:crypto';
import { EmbeddedStore } from '@shardmux/plugin-coordination-embedded';
import { freePort } from '@shardmux/testing';
import { createProxy } from 'shardmux';
import { expect, test } from 'vitest';
import { PluginFolder } from '../support/plugin-folder.js';
import { shardmux } from '../support/run-command.js';

const embedded = { use: 'embedded', name: randomUUID() };
const failover = { use: 'replica-promotion' };
const servers = [{ host: '127.0.0.1', port: 1, name: 'one', replicas: [{ host: '127.0.0.1', port: 2 }] }];

async function start(pool: object): Promise<void> {
  const alpha = { listen: `127.0.0.1:${await freePort()}`, ...pool };
  const proxy = createProxy({ yaml: JSON.stringify({ stats: { listen: null }, pools: { alpha } }) });
  try {
    await proxy.start();
  } finally {
    await proxy.stop();
  }
}

test('without a coordination store nothing starts', async () => {
  const error = {
    code: 'SHARDMUX_CONFIG_PROMOTION',
    message: expect.stringMatching(/needs a coordination store/),
  };
  await expect(start({ failover, servers })).rejects.toMatchObject(error);
});

test('nor where others promote already', async () => {
  const topology = { use: 'sentinel', sentinels: ['127.0.0.1:1'], masters: ['one'] };
  await expect(start({ failover, coordination: embedded, topology })).rejects.toMatchObject({
    code: 'SHARDMUX_CONFIG_PROMOTION',
    message: expect.stringMatching(/promotions by others/),
  });
});

test('nor where nobody promotes whom the topology could tell of', async () => {
  for (const follower of ['sentinel', 'redis-cluster']) {
    await expect(start({ failover: follower, servers })).rejects.toMatchObject({
      code: 'SHARDMUX_CONFIG_PROMOTION',
      message: 'pool "alpha" leaves the promotion of replicas to its topology, which tells of none',
    });
  }
});

test('nor while the store is away: nobody knows who leads', async () => {
  const coordination = { use: 'etcd', endpoints: [`127.0.0.1:${await freePort()}`] };
  await expect(start({ failover, coordination, servers })).rejects.toMatchObject({
    code: 'SHARDMUX_COORDINATION_AWAY',
    message: expect.stringMatching(/ECONNREFUSED/),
  });
});

test('nor where what stands there is no such document', async () => {
  const store = new EmbeddedStore(embedded.name);
  store.start();
  await store.compareAndSet('failover/alpha/roles', null, '{"one":{"primary":7}}');
  await store.stop();
  await expect(start({ failover, coordination: embedded, servers })).rejects.toMatchObject({
    code: 'SHARDMUX_ROLES',
    message: expect.stringMatching(/^"failover\/alpha\/roles" .*: restore it, or delete it/),
  });
});

test('nor do workers that would each decide alone', async () => {
  const folder = new PluginFolder();
  const alpha = { listen: `127.0.0.1:${await freePort()}`, failover, coordination: 'embedded', servers };
  const file = folder.write(
    'config.json',
    JSON.stringify({ workers: 2, stats: { listen: null }, pools: { alpha } }),
  );
  const { status, stderr } = shardmux('proxy', '-c', file);
  folder.remove();
  expect(stderr).toMatch(/workers cannot agree by coordination "embedded"/);
  expect(status).toBe(1);
});
