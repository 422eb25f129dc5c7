import type { TopologySource } from '@shardmux/plugin-api';
import { describe, expect, test } from 'vitest';
import { type ConformanceCase, type TopologySuiteOptions, topologySuite } from '../src/index.js';
import { brokenPromises } from './broken-promises.js';
import { Directory, DirectoryTopology } from './fixtures/directory.js';
import { topologyMutants } from './fixtures/topologies.js';

function suiteOf(
  create: (directory: Directory) => TopologySource,
  options: TopologySuiteOptions = {},
): ConformanceCase[] {
  const directory = new Directory();
  const empty = new Directory();
  empty.servers = [];
  return topologySuite(() => create(directory), {
    change: async () => directory.change(),
    createWithoutServers: () => create(empty),
    ...options,
  });
}

const soundSuite = suiteOf((directory) => new DirectoryTopology(directory));

test('a sound source keeps every promise', async () => {
  expect(await brokenPromises(soundSuite)).toEqual([]);
});

describe('a source that', () => {
  test.each(topologyMutants)('$flaw is found out', async ({ broken, create }) => {
    const suite = suiteOf(create, { limit: 200 });
    expect(await brokenPromises(suite.filter(({ promise }) => promise === broken))).toEqual([broken]);
  });
});

test('every promise has a mutant that breaks it', () => {
  const promises = soundSuite.map(({ promise }) => promise);
  expect(new Set(topologyMutants.map(({ broken }) => broken))).toEqual(new Set(promises));
});

test('the error says what took too long', async () => {
  const never = { start: () => new Promise<void>(() => {}), stop: async () => {} };
  const [first] = topologySuite(() => never, { limit: 20 });
  await expect(first.check()).rejects.toMatchObject({
    code: 'SHARDMUX_PLUGIN_NONCONFORMING',
    message:
      'broken promise "resolves start once the first snapshot was delivered": start takes longer than 20 ms',
  });
});
