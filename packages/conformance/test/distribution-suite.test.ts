import { describe, expect, test } from 'vitest';
import { distributionSuite } from '../src/index.js';
import { brokenPromises } from './broken-promises.js';
import { distributionMutants, lots, sound } from './fixtures/distributions.js';

test('a sound distribution keeps every promise', async () => {
  expect(await brokenPromises(distributionSuite(() => sound))).toEqual([]);
});

test('a distribution that draws lots keeps every promise asked of it', async () => {
  expect(await brokenPromises(distributionSuite(() => lots, { deterministic: false }))).toEqual([]);
});

describe('a distribution that', () => {
  test.each(distributionMutants)('$flaw is found out', async ({ broken, create, deterministic = true }) => {
    expect(await brokenPromises(distributionSuite(create, { deterministic }))).toContain(broken);
  });
});

test('every promise has a mutant that breaks it', () => {
  const promises = distributionSuite(() => sound).map(({ promise }) => promise);
  expect(new Set(distributionMutants.map(({ broken }) => broken))).toEqual(new Set(promises));
});

test('the error shows the hash and both nodes', () => {
  const suite = distributionSuite(() => lots);
  const found = suite.find(({ promise }) => promise === 'is the same in every instance and every call');
  expect(found?.check).toThrow(/hash \d+: \S+ at first, \S+ in a second call/);
});
