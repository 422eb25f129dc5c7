import { API_VERSION, definePlugin, type Plugin } from '@shardmux/plugin-api';
import { expect, test } from 'vitest';
import { officialPlugins } from '../../src/plugins/official.js';
import { PluginRegistry } from '../../src/plugins/registry.js';

const hash = (name: string): Plugin =>
  definePlugin({ kind: 'hash', name, apiVersion: API_VERSION, create: () => () => 0 });

test('the official plugins are there', () => {
  const hashes = ['crc32a', 'fnv1a_64', 'murmur3_32', 'redis-cluster', 'xxh32'];
  expect(officialPlugins.names('hash')).toEqual(expect.arrayContaining(hashes));
  const distributions = ['jump', 'ketama', 'maglev', 'modula', 'random', 'rendezvous'];
  expect(officialPlugins.names('distribution')).toEqual(expect.arrayContaining(distributions));
  expect(officialPlugins.names('topology')).toEqual([
    'etcd',
    'file',
    'redis-cluster',
    'sentinel',
    'zookeeper',
  ]);
  expect(officialPlugins.names('failover')).toEqual([
    'auto-eject',
    'fail-fast',
    'redis-cluster',
    'replica-promotion',
    'sentinel',
  ]);
  expect(officialPlugins.names('reads')).toContain('read-your-writes');
  expect(officialPlugins.names('coordination')).toEqual(['embedded', 'etcd', 'zookeeper']);
  expect(officialPlugins.names('transport')).toContain('tcp');
  expect(officialPlugins.names('codec')).toEqual(['resp']);
});

test('finds a plugin by its kind and name', () => {
  const mine = hash('mine');
  expect(new PluginRegistry([hash('other'), mine]).find('hash', 'mine')).toBe(mine);
});

test('two plugins of one kind and name are refused', () => {
  expect(() => new PluginRegistry([hash('mine'), hash('other'), hash('mine')])).toThrow(
    expect.objectContaining({
      code: 'SHARDMUX_PLUGIN_DUPLICATE',
      message: 'there are two hash plugins named "mine": give yours another name',
    }),
  );
});

test('plugins of two kinds may share a name, and registries share nothing', () => {
  const codec = officialPlugins.find('codec', 'resp');
  const registry = new PluginRegistry([hash('resp'), codec]);
  expect(registry.find('codec', 'resp')).toBe(codec);
  expect(registry.names('transport')).toEqual([]);
});

test('an unknown plugin is refused with the names that there are', () => {
  const registry = new PluginRegistry([hash('one'), hash('two')]);
  expect(() => registry.find('hash', 'three')).toThrow(
    expect.objectContaining({
      code: 'SHARDMUX_PLUGIN_UNKNOWN',
      message: 'hash plugin "three" must be one of those there are: one, two',
    }),
  );
  expect(() => registry.find('codec', 'resp')).toThrow(
    'codec plugin "resp" must be one of those there are: none',
  );
});
