import type { NodeDescription, Plugin, SchemaResult, TopologySnapshot } from '@shardmux/plugin-api';
import { expect, test } from 'vitest';
import { FileTopology, plugins } from '../src/index.js';

const ONE: NodeDescription = { name: 'one', endpoint: { kind: 'tcp', host: '::1', port: 6379 }, weight: 1 };
const TWO: NodeDescription = { name: 'two', endpoint: { kind: 'unix', path: '/tmp/two.sock' }, weight: 3 };

test('delivers its servers once, before start resolves', async () => {
  const snapshots: TopologySnapshot[] = [];
  const source = new FileTopology([ONE, TWO]);
  await source.start({
    changed: (snapshot) => snapshots.push(snapshot),
    failed: (error) => expect.fail(String(error)),
  });
  expect(snapshots).toEqual([{ epoch: 1, nodes: [ONE, TWO] }]);
  await source.stop();
  await source.stop();
  expect(snapshots).toHaveLength(1);
});

const [plugin] = plugins as readonly [Plugin];

async function check(options: unknown): Promise<SchemaResult<unknown>> {
  return plugin.optionsSchema!['~standard'].validate(options);
}

test('is the topology plugin "file"', async () => {
  expect(plugin).toMatchObject({ kind: 'topology', name: 'file' });
  expect(await check({ servers: [ONE, TWO] })).toEqual({ value: { servers: [ONE, TWO] } });
  const file = { path: '/servers.yaml', cache: '/cache.json' };
  expect(await check(file)).toEqual({ value: file });
});

test.each([
  ['no options', undefined, []],
  ['no servers', {}, ['servers']],
  ['an empty list', { servers: [] }, ['servers']],
  ['a text', { servers: ['h:1:1'] }, ['servers', 0]],
  ['no name', { servers: [{ ...ONE, name: undefined }] }, ['servers', 0]],
  ['no endpoint', { servers: [{ ...ONE, endpoint: null }] }, ['servers', 0]],
  ['port 0', { servers: [ONE, { ...TWO, endpoint: { kind: 'tcp', host: 'h', port: 0 } }] }, ['servers', 1]],
  ['weight 0', { servers: [{ ...ONE, weight: 0 }] }, ['servers', 0]],
  ['half a weight', { servers: [{ ...ONE, weight: 1.5 }] }, ['servers', 0]],
  ['one name twice', { servers: [ONE, { ...TWO, name: 'one' }] }, ['servers', 1]],
  ['a replica without an endpoint', { servers: [{ ...ONE, replicas: [{ name: 'copy' }] }] }, ['servers', 0]],
  ["a replica with a node's name", { servers: [ONE, { ...TWO, replicas: [ONE] }] }, ['servers', 1]],
  ['no path', { path: '' }, ['path']],
  ['servers and a path', { servers: [ONE], path: '/servers.yaml' }, ['path']],
  ['servers and a cache', { servers: [ONE], cache: '/cache.json' }, ['cache']],
  ['what it does not know', { path: '/servers.yaml', interval: 3 }, ['interval']],
])('refuses %s', async (_, options, path) => {
  const { issues } = await check(options);
  expect(issues).toEqual([{ path, message: expect.stringMatching(/^must /) }]);
});
