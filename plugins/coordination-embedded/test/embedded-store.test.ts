import type { Plugin, SchemaResult } from '@shardmux/plugin-api';
import { expect, test } from 'vitest';
import { EmbeddedStore, plugins } from '../src/index.js';

function started(name: string): EmbeddedStore {
  const store = new EmbeddedStore(name);
  store.start();
  return store;
}

test('stores of another name have other keys', async () => {
  await started('one').compareAndSet('key', null, 'value');
  expect(await started('two').get('key')).toBeNull();
});

test('keys outlive the store that set them', async () => {
  const first = started('lasting');
  const version = await first.compareAndSet('key', null, 'value');
  await first.stop();
  expect(await started('lasting').get('key')).toEqual({ value: 'value', version });
});

const [plugin] = plugins as readonly [Plugin];

async function check(options: unknown): Promise<SchemaResult<unknown>> {
  return plugin.optionsSchema!['~standard'].validate(options);
}

test('is the coordination plugin "embedded"', async () => {
  expect(plugin).toMatchObject({ kind: 'coordination', name: 'embedded' });
  expect(await check({})).toEqual({ value: { name: 'shardmux' } });
  expect(await check({ name: 'mine' })).toEqual({ value: { name: 'mine' } });
});

test.each([
  ['an empty name', { name: '' }, ['name']],
  ['a number', { name: 7 }, ['name']],
  ['another option', { nmae: 'mine' }, ['nmae']],
])('refuses %s', async (_, options, path) => {
  expect((await check(options)).issues).toEqual([{ path, message: expect.stringMatching(/^must /) }]);
});
