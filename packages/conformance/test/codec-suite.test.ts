import { describe, expect, test } from 'vitest';
import { codecSuite } from '../src/index.js';
import { brokenPromises } from './broken-promises.js';
import { codecMutants, samples, sound } from './fixtures/codecs/index.js';

const soundSuite = codecSuite(() => sound, samples);

describe('a sound codec', () => {
  for (const { promise, check } of soundSuite) test(promise, check);
});

describe('a codec that', () => {
  test.each(codecMutants)('$flaw is found out', async ({ broken, create }) => {
    const suite = codecSuite(create, samples);
    expect(await brokenPromises(suite.filter(({ promise }) => promise === broken))).toEqual([broken]);
  });
});

describe('a codec whose servers send no pushes', () => {
  const { pushes: _, ...others } = samples;
  for (const { promise, check } of codecSuite(() => sound, others)) test(promise, check);
});

test('every promise has a mutant that breaks it', () => {
  const promises = soundSuite.map(({ promise }) => promise);
  expect(new Set(codecMutants.map(({ broken }) => broken))).toEqual(new Set(promises));
});

test('the error shows the bytes', () => {
  const suite = codecSuite(() => ({ ...sound, probe: Buffer.from('PING\r\n') }), samples);
  const found = suite.find(({ promise }) => promise === 'probes by one whole command');
  expect(found?.check).toThrow('"PING\\r\\n" is not one whole command');
});
