import type { SchemaResult } from '@shardmux/plugin-api';
import { expect, test } from 'vitest';
import { plugins } from '../src/index.js';

const [plugin] = plugins;

async function check(options: unknown): Promise<SchemaResult<unknown>> {
  return plugin.optionsSchema!['~standard'].validate(options);
}

test('is the distribution plugin "slots", with the number of slots of Redis Cluster', async () => {
  expect(plugin).toMatchObject({ kind: 'distribution', name: 'slots' });
  expect(await check({})).toEqual({ value: { slots: 16_384, splitBy: 'node' } });
});

test.each([{ slots: 1_024 }, { slots: 1 }, { slots: 65_536 }, { splitBy: 'slot' }])(
  'takes %j',
  async (options) => {
    expect(await check(options)).toEqual({ value: { slots: 16_384, splitBy: 'node', ...options } });
  },
);

test.each([
  ['no mapping', 1_024, undefined],
  ['nothing', null, undefined],
  ['a list', [], undefined],
  ['no slot', { slots: 0 }, ['slots']],
  ['half a slot', { slots: 1.5 }, ['slots']],
  ['more slots than a hash of 16 bits can tell apart', { slots: 65_537 }, ['slots']],
  ['a text for a number', { slots: '1024' }, ['slots']],
  ['an unknown way to split', { splitBy: 'key' }, ['splitBy']],
  ['an unknown option', { slotCount: 1_024 }, ['slotCount']],
])('refuses %s', async (_, options, path) => {
  const { issues } = await check(options);
  expect(issues).toEqual([{ ...(path && { path }), message: expect.stringMatching(/^must /) }]);
});
