import { ShardmuxError } from '@shardmux/plugin-api';
import { describe, expect, test } from 'vitest';
import { hashSuite } from '../src/index.js';
import { brokenPromises } from './broken-promises.js';
import { hashMutants, published, sound } from './fixtures/hashes.js';

test('a sound hash keeps every promise', async () => {
  expect(await brokenPromises(hashSuite(() => sound, [published]))).toEqual([]);
});

describe('a hash that', () => {
  test.each(hashMutants)('$flaw is found out', async ({ broken, create }) => {
    expect(await brokenPromises(hashSuite(create, [published]))).toContain(broken);
  });
});

test('every promise has a mutant that breaks it', () => {
  const promises = hashSuite(() => sound, [published]).map(({ promise }) => promise);
  expect(new Set(hashMutants.map(({ broken }) => broken))).toEqual(new Set(promises));
});

test('the error has a stable code, names the promise and shows the key', () => {
  const [first] = hashSuite(() => () => -1);
  expect(first.check).toThrow(ShardmuxError);
  expect(first.check).toThrow(
    expect.objectContaining({
      code: 'SHARDMUX_PLUGIN_NONCONFORMING',
      promise: 'gives an unsigned 32-bit integer for every key',
      message: 'broken promise "gives an unsigned 32-bit integer for every key": -1 for a key of 0 bytes []',
    }),
  );
});
