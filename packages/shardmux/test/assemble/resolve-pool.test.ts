import { API_VERSION, definePlugin, type Plugin, type StandardSchema } from '@shardmux/plugin-api';
import { fnv1a_64 } from '@shardmux/plugin-hash-twemproxy';
import { expect, test } from 'vitest';
import { resolvePool } from '../../src/assemble/resolve-pool.js';
import type { PoolConfig } from '../../src/config/normalised.js';
import { officialPlugins } from '../../src/plugins/official.js';
import { PluginRegistry } from '../../src/plugins/registry.js';
import { read } from '../support/read-config.js';

const config = read(`
pools:
  alpha:
    listen: 127.0.0.1:22121
    failover: { use: auto-eject, failureLimit: 1 }
    servers: ["127.0.0.1:6379:1 one"]
`).pools[0];

/** The official plugins with one more hash. */
function withHash(plugin: Plugin): PluginRegistry {
  const kinds = ['distribution', 'topology', 'failover', 'reads', 'transport', 'codec'] as const;
  const others = kinds.flatMap((kind) =>
    officialPlugins.names(kind).map((name) => officialPlugins.find(kind, name)),
  );
  return new PluginRegistry([...others, plugin]);
}

function withHashOptions(use: string, options: unknown): PoolConfig {
  return { ...config, hash: { use, options } };
}

const schema: StandardSchema<{ seed: number }> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) =>
      typeof value === 'object' && value !== null && 'seed' in value && value.seed === 7
        ? { value: { seed: 8 } }
        : { issues: [{ path: ['seed', { key: 0 }], message: 'must be 7' }, { message: 'must be nicer' }] },
  },
};

test('creates every part of a pool', async () => {
  const parts = resolvePool(config);
  expect(parts.config).toBe(config);
  expect(parts.hash).toBe(fnv1a_64);
  expect(parts.failover!.failed({ node: 'one', cause: 'closed', consecutive: 1 }).action).toBe('eject');
  expect(parts.reads).toMatchObject({ usesReplicas: false });
  expect(parts.distribution.build([{ name: 'one', weight: 1 }]).partitions).toBeGreaterThan(0);
  expect(parts.codec.probe.length).toBeGreaterThan(0);
  expect(parts.transport.connect).toBeTypeOf('function');
  const names: string[] = [];
  await parts.topology.start({
    changed: ({ nodes }) => names.push(...nodes.map(({ name }) => name)),
    failed: (error) => expect.fail(error.message),
  });
  expect(names).toEqual(['one']);
});

test('a pool without a failover plugin has none', () => {
  expect(resolvePool({ ...config, failover: null }).failover).toBeNull();
});

test('each pool has parts of its own', () => {
  expect(resolvePool(config).topology).not.toBe(resolvePool(config).topology);
});

test('a plugin is created once for a pool, with options that passed its schema', () => {
  const seeds: number[] = [];
  const plugin = definePlugin({
    kind: 'hash',
    name: 'seeded',
    apiVersion: API_VERSION,
    optionsSchema: schema,
    create: ({ seed }) => {
      seeds.push(seed);
      return () => seed;
    },
  });
  const parts = resolvePool(withHashOptions('seeded', { seed: 7 }), withHash(plugin));
  expect(parts.hash(new Uint8Array(1), 0, 1)).toBe(8);
  expect(seeds).toEqual([8]);
});

test('options that a schema refuses are told with pool, plugin and path', () => {
  const plugin = definePlugin({
    kind: 'hash',
    name: 'seeded',
    apiVersion: API_VERSION,
    optionsSchema: schema,
    create: () => () => 0,
  });
  expect(() => resolvePool(withHashOptions('seeded', { seed: 6 }), withHash(plugin))).toThrow(
    expect.objectContaining({
      code: 'SHARDMUX_PLUGIN_OPTIONS',
      message: 'pool "alpha": hash plugin "seeded": options.seed.0 must be 7; options must be nicer',
    }),
  );
});

test('options for a plugin that takes none are refused', () => {
  expect(() => resolvePool(withHashOptions('md5', { seed: 1 }))).toThrow(
    expect.objectContaining({
      code: 'SHARDMUX_PLUGIN_OPTIONS',
      message: expect.stringContaining('pool "alpha": hash plugin "md5": options.seed must be left out'),
    }),
  );
});

test('a schema that wants time is refused', () => {
  const plugin = definePlugin({
    kind: 'hash',
    name: 'slow',
    apiVersion: API_VERSION,
    optionsSchema: {
      '~standard': { version: 1, vendor: 'test', validate: () => Promise.resolve({ value: 1 }) },
    },
    create: () => () => 0,
  });
  expect(() => resolvePool(withHashOptions('slow', {}), withHash(plugin))).toThrow(
    expect.objectContaining({ code: 'SHARDMUX_PLUGIN_INVALID' }),
  );
});

test('what a plugin throws is the cause', () => {
  const cause = new Error('no seed left');
  const plugin = definePlugin({
    kind: 'hash',
    name: 'broken',
    apiVersion: API_VERSION,
    create: () => {
      throw cause;
    },
  });
  expect(() => resolvePool(withHashOptions('broken', {}), withHash(plugin))).toThrow(
    expect.objectContaining({
      code: 'SHARDMUX_PLUGIN_FAILED',
      message: 'pool "alpha": hash plugin "broken" cannot be created: no seed left',
      cause,
    }),
  );
});

test('an unknown plugin is refused', () => {
  expect(() => resolvePool(withHashOptions('md6', {}))).toThrow(
    expect.objectContaining({ code: 'SHARDMUX_PLUGIN_UNKNOWN' }),
  );
});
