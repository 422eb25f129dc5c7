import type { TopologyListener } from '@shardmux/plugin-api';
import { startEtcd, TemporaryFolder } from '@shardmux/testing';
import { expect, test, vi } from 'vitest';
import { EtcdStore, plugins } from '../src/index.js';

const [, topology] = plugins;

test('a source starts from its cache while etcd is away, says so, and follows etcd when it is back', async () => {
  const folder = new TemporaryFolder();
  const etcd = await startEtcd();
  const endpoints = [etcd.url];
  const operator = new EtcdStore({ endpoints, prefix: '' });
  operator.start({ away: () => {}, back: () => {} });
  const log: string[] = [];
  const listener: TopologyListener = {
    changed: ({ epoch, nodes }) => log.push(`${epoch}: ${nodes.map(({ name }) => name).join(' ')}`),
    failed: ({ message }) => log.push(message),
  };
  const options = { endpoints, key: 'servers', cache: `${folder.path}/cache.json` };
  const [first, second] = [topology.create(options), topology.create(options)];
  try {
    const version = await operator.compareAndSet('servers', null, 'servers: [h:1:1 a]');
    await first.start(listener);
    await first.stop();
    await etcd.kill();
    await second.start(listener);
    expect(log).toEqual(['1: a', '1: a', expect.stringMatching(/^etcd is away: /)]);
    await etcd.restart();
    await operator.compareAndSet('servers', version, 'servers: [h:1:1 a, h:2:1 b]');
    await vi.waitFor(() => expect(log.at(-1)).toMatch(/^\d: a b$/), 5_000);
    expect(log.filter((line) => line.includes('away'))).toHaveLength(1);
  } finally {
    await Promise.all([first.stop(), second.stop(), operator.stop()]);
    await etcd.stop();
    folder.remove();
  }
});

test('a key with nothing under it keeps a source from starting, and the error says what to do', async () => {
  const etcd = await startEtcd();
  const source = topology.create({ endpoints: [etcd.url], key: 'none' });
  await expect(source.start({ changed: () => {}, failed: () => {} })).rejects.toMatchObject({
    code: 'SHARDMUX_CONFIG_UNREADABLE',
    message: 'etcd none: there is nothing: put the document with the servers there',
  });
  await etcd.stop();
});
