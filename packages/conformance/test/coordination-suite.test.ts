import { describe, expect, test } from 'vitest';
import { type ConformanceCase, coordinationSuite } from '../src/index.js';
import { brokenPromises } from './broken-promises.js';
import { Board, BoardStore } from './fixtures/board.js';
import { type CoordinationMutant, coordinationMutants } from './fixtures/coordinations/index.js';

function suiteOf(create: CoordinationMutant['create'], limit?: number): ConformanceCase[] {
  const board = new Board();
  const outage = { begin: () => board.outage.begin(), end: () => board.outage.end() };
  return coordinationSuite(() => create(board), { outage, ...(limit && { limit }) });
}

const soundSuite = suiteOf((board) => new BoardStore(board));

test('a sound store keeps every promise', async () => {
  expect(await brokenPromises(soundSuite)).toEqual([]);
});

describe('a store that', () => {
  test.each(coordinationMutants)('$flaw is found out', async ({ broken, create, limit = 200 }) => {
    const suite = suiteOf(create, limit);
    expect(await brokenPromises(suite.filter(({ promise }) => promise === broken))).toEqual([broken]);
  });
});

test('every promise has a mutant that breaks it', () => {
  const promises = soundSuite.map(({ promise }) => promise);
  expect(new Set(coordinationMutants.map(({ broken }) => broken))).toEqual(new Set(promises));
});

test('a store that is never away is not asked to be', () => {
  const promises = coordinationSuite(() => new BoardStore(new Board())).map(({ promise }) => promise);
  expect(promises.filter((promise) => promise.includes('away'))).toEqual([]);
});
