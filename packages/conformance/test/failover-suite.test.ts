import { describe, expect, test } from 'vitest';
import { failoverSuite } from '../src/index.js';
import { brokenPromises } from './broken-promises.js';
import { failoverMutants, sound } from './fixtures/failovers.js';
import { promoting, promotionMutants } from './fixtures/promotions.js';

test.each([
  ['ejects', sound],
  ['promotes', promoting],
])('a sound policy that %s keeps every promise', async (_, policy) => {
  expect(await brokenPromises(failoverSuite(() => policy))).toEqual([]);
});

describe('a policy that', () => {
  test.each([...failoverMutants, ...promotionMutants])('$flaw is found out', async ({ broken, create }) => {
    expect(await brokenPromises(failoverSuite(create))).toContain(broken);
  });
});

test('every promise has a mutant that breaks it', () => {
  const promises = failoverSuite(() => sound).map(({ promise }) => promise);
  expect(new Set([...failoverMutants, ...promotionMutants].map(({ broken }) => broken))).toEqual(
    new Set(promises),
  );
});

test('the error shows the failure and what was answered', () => {
  const [first] = failoverSuite(() => ({ failed: () => JSON.parse('{ "action": "promote" }') }));
  expect(first.check).toThrow(
    /: \{ action: 'promote' \} for \{ node: '10\.0\.0\.1:6379', cause: 'refused', consecutive: 1 \}$/,
  );
});
