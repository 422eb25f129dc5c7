import { describe, expect, test } from 'vitest';
import { type ConformanceCase, telemetrySuite } from '../src/index.js';
import { brokenPromises } from './broken-promises.js';
import { Recording, telemetryMutants } from './fixtures/telemetries.js';

function suiteOf(create: () => Recording, limit?: number): ConformanceCase[] {
  let last: Recording;
  const createNext = () => {
    last = create();
    return last;
  };
  return telemetrySuite(createNext, { recorded: () => last.sent, ...(limit && { limit }) });
}

const soundSuite = suiteOf(() => new Recording());

test('a sound telemetry keeps every promise', async () => {
  expect(await brokenPromises(soundSuite)).toEqual([]);
});

test('one that single operations are of no interest to keeps every promise asked of it', async () => {
  const create = () => ({
    observe: () => ({
      ...new Recording().observe({ name: '', database: 0, gauges: () => [] }),
      operations: null,
    }),
    stop: async () => {},
  });
  expect(await brokenPromises(telemetrySuite(create))).toEqual([]);
});

describe('a telemetry that', () => {
  test.each(telemetryMutants)('$flaw is found out', async ({ broken, create }) => {
    const suite = suiteOf(create, 200);
    expect(await brokenPromises(suite.filter(({ promise }) => promise === broken))).toEqual([broken]);
  });
});

test('every promise has a mutant that breaks it', () => {
  const promises = soundSuite.map(({ promise }) => promise);
  expect(new Set(telemetryMutants.map(({ broken }) => broken))).toEqual(new Set(promises));
});

test('the error says what is missing', async () => {
  const mutant = telemetryMutants.find(({ flaw }) => flaw.startsWith('takes the batch'));
  const found = suiteOf(mutant!.create).find(({ promise }) => promise === mutant!.broken);
  await expect(found!.check()).rejects.toThrow(/missing: .*get within pipeline: ok/);
});
