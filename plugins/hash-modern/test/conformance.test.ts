import { type HashVector, hashSuite } from '@shardmux/conformance';
import { describe, expect, test } from 'vitest';
import { plugins } from '../src/index.js';

const published = new Map<string, HashVector[]>([
  // xxHash's own tests hash bytes that are no text: those are in vectors.test.ts.
  ['xxh32', [{ key: '', hash: 0x02cc5d05 }]],
  [
    // In Wikipedia's article on MurmurHash, under "Test vectors".
    'murmur3_32',
    [
      { key: '', hash: 0 },
      { key: 'test', hash: 0xba6bd213 },
      { key: 'Hello, world!', hash: 0xc0363e43 },
      { key: 'The quick brown fox jumps over the lazy dog', hash: 0x2e4ff723 },
    ],
  ],
  [
    // RFC 9923, and its drafts (draft-eastlake-fnv) before it.
    'fnv1a_32_unsigned',
    [
      { key: '', hash: 0x811c9dc5 },
      { key: 'a', hash: 0xe40c292c },
      { key: 'foobar', hash: 0xbf9cf968 },
      { key: '\0', hash: 0x050c5d1f },
      { key: 'a\0', hash: 0x2b24d044 },
      { key: 'foobar\0', hash: 0x0c1c9eb8 },
    ],
  ],
]);

test('the three are there', () => {
  expect(new Set(plugins.map(({ name }) => name))).toEqual(new Set(published.keys()));
});

describe.each(plugins)('$name', ({ name, create }) => {
  for (const { promise, check } of hashSuite(() => create(undefined), published.get(name))) {
    test(promise, check);
  }
});
