import { createRequire } from 'node:module';
import type { HashFunction } from '@shardmux/plugin-api';
import { fnv1a_32 as twemproxyFnv1a_32 } from '@shardmux/plugin-hash-twemproxy';
import fnv1a from '@sindresorhus/fnv1a';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import xxhash from 'xxhash-wasm';
import { fnv1a_32, murmur3_32, xxh32 } from '../src/index.js';

interface MurmurHash3 {
  readonly x86: { hash32(bytes: Uint8Array, seed: number): number };
}

// It is CommonJS and ships no types: this is what is used here.
const murmurhash3: MurmurHash3 = createRequire(import.meta.url)('murmurhash3js-revisited');
const { h32Raw } = await xxhash();

/** A buffer, and where in it a key lies. */
const ranges = fc
  .uint8Array({ maxLength: 400, size: 'max' })
  .chain((bytes) =>
    fc
      .tuple(fc.nat(bytes.length), fc.nat(bytes.length))
      .map(([a, b]) => ({ bytes, start: Math.min(a, b), end: Math.max(a, b) })),
  );

test.each<[string, HashFunction, (key: Uint8Array) => number]>([
  ['xxh32', xxh32, (key) => h32Raw(key, 0)],
  ['murmur3_32', murmur3_32, (key) => murmurhash3.x86.hash32(key, 0)],
  ['fnv1a_32', fnv1a_32, (key) => Number(fnv1a(key, { size: 32 }))],
])('%s of any part of a buffer is what the library says', (_, hash, oracle) => {
  const property = fc.property(ranges, ({ bytes, start, end }) => {
    expect(hash(bytes, start, end)).toBe(oracle(bytes.slice(start, end)));
  });
  fc.assert(property, { numRuns: 2_000 });
});

test('fnv1a_32 is the one of Twemproxy for ASCII keys, and another one for others', () => {
  const both = (key: Uint8Array) => [fnv1a_32, twemproxyFnv1a_32].map((hash) => hash(key, 0, key.length));
  const [ours, theirs] = both(Buffer.from('user:1:profile'));
  expect(ours).toBe(theirs);
  const [oursOfE, theirsOfE] = both(Buffer.from('é'));
  expect(oursOfE).not.toBe(theirsOfE);
});
