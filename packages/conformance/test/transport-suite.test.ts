import { describe, expect, test } from 'vitest';
import { transportSuite } from '../src/index.js';
import { brokenPromises } from './broken-promises.js';
import { NetTransport, transportMutants } from './fixtures/transports/index.js';

/** For a machine that has other things to do: only what hangs takes so long. */
const limit = 20_000;
const soundSuite = transportSuite(() => new NetTransport(), { limit });

describe('a sound transport', () => {
  for (const { promise, check } of soundSuite) test(promise, check);
});

test('one that only connects keeps every promise asked of it', async () => {
  const create = () =>
    Object.assign(new NetTransport(), {
      listen: async () => {
        throw new Error('it only connects');
      },
    });
  expect(await brokenPromises(transportSuite(create, { listens: false, limit }))).toEqual([]);
});

// Side by side, for many of them hang until their time is over.
describe.concurrent('a transport that', () => {
  test.each(transportMutants)('$flaw is found out', async ({ broken, create, listens = true }) => {
    const suite = transportSuite(create, { listens, limit: 1_000 });
    expect(await brokenPromises(suite.filter(({ promise }) => promise === broken))).toEqual([broken]);
  });
});

test('every promise has a mutant that breaks it', () => {
  const connecting = transportSuite(() => new NetTransport(), { listens: false });
  const promises = [...soundSuite, ...connecting].map(({ promise }) => promise);
  expect(new Set(transportMutants.map(({ broken }) => broken))).toEqual(new Set(promises));
});

test('the error says on which channel, and what was wrong', async () => {
  const mutant = transportMutants.find(({ flaw }) => flaw === 'ignores back-pressure');
  const suite = transportSuite(() => mutant!.create(), { limit });
  const found = suite.find(({ promise }) => promise === mutant!.broken);
  await expect(found!.check()).rejects.toThrow(
    'on the connected channel, 32 MiB are taken for a peer that reads nothing',
  );
});
