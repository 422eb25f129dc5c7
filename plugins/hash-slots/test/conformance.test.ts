import { type HashVector, hashSuite } from '@shardmux/conformance';
import { describe, expect, test } from 'vitest';
import { plugins } from '../src/index.js';

const published = new Map<string, HashVector[]>([
  [
    'redis-cluster',
    // Redis Cluster's specification, appendix A: the check value of CRC-16/XMODEM.
    [{ key: '123456789', hash: 0x31c3 }],
  ],
  [
    'codis',
    [
      // The check value of CRC-32, as in the catalogue of CRC parameters by Greg Cook.
      { key: '123456789', hash: 0xcbf43926 },
      { key: '', hash: 0 },
    ],
  ],
]);

test('the two are there', () => {
  expect(new Set(plugins.map(({ name }) => name))).toEqual(new Set(published.keys()));
});

describe.each(plugins)('$name', ({ name, create }) => {
  for (const { promise, check } of hashSuite(() => create(undefined), published.get(name))) {
    test(promise, check);
  }
});
