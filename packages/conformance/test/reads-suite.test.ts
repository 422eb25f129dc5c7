import { describe, expect, test } from 'vitest';
import { readsSuite } from '../src/index.js';
import { brokenPromises } from './broken-promises.js';
import { readsMutants, sound } from './fixtures/read-policies.js';

test('a sound policy keeps every promise', async () => {
  expect(await brokenPromises(readsSuite(() => sound))).toEqual([]);
});

describe('a policy that', () => {
  test.each(readsMutants)('$flaw is found out', async ({ broken, create }) => {
    expect(await brokenPromises(readsSuite(create))).toContain(broken);
  });
});

test('every promise has a mutant that breaks it', () => {
  const promises = readsSuite(() => sound).map(({ promise }) => promise);
  expect(new Set(readsMutants.map(({ broken }) => broken))).toEqual(new Set(promises));
});

test('the error shows what was chosen, and of what', () => {
  const [, second] = readsSuite(() => ({ ...sound, choose: () => JSON.parse('"any"') }));
  expect(second.check).toThrow(
    /: 'any' for \[ \{ name: 'primary', isPrimary: true, isNear: false, latency: 0 \} \]$/,
  );
});
