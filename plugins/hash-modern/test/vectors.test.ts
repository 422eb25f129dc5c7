import { expect, test } from 'vitest';
import { murmur3_32, xxh32 } from '../src/index.js';

/** The bytes that xxHash's own tests hash: the top bytes of a number that is multiplied by a prime each time. */
function sanityBuffer(length: number): Uint8Array {
  let state = 2654435761n;
  return Uint8Array.from({ length }, () => {
    const byte = Number(state >> 56n);
    state = BigInt.asUintN(64, state * 11400714785074694797n);
    return byte;
  });
}

// xxHash 0.8.2, tests/sanity_test_vectors.h, the rows with seed 0.
test.each([
  [0, 0x02cc5d05],
  [1, 0xcf65b03e],
  [2, 0x1151bee4],
  [3, 0xc23884f5],
  [4, 0xa9de7ce9],
  [14, 0x1208e7e2],
  [31, 0x5f40e562],
  [32, 0xd89829ec],
  [33, 0x31a427e5],
  [64, 0x02e95dbb],
  [222, 0x5bd11dbd],
  [256, 0x520cb910],
  [4096, 0x20fc444f],
])('xxh32 of %i bytes is the published one', (length, hash) => {
  expect(xxh32(sanityBuffer(length), 0, length)).toBe(hash);
});

// https://gist.github.com/vladimirgamalyan/defb2482feefbf5c3ea25b14c557753b, the rows with seed 0.
test.each([
  [[0xff, 0xff, 0xff, 0xff], 0x76293b50],
  [[0x21, 0x43, 0x65, 0x87], 0xf55b516b],
  [[0x21, 0x43, 0x65], 0x7e4a8634],
  [[0x21, 0x43], 0xa0f7b07a],
  [[0x21], 0x72661cf4],
  [[0, 0, 0, 0], 0x2362f9de],
  [[0, 0, 0], 0x85f0b427],
  [[0, 0], 0x30f4c306],
  [[0], 0x514e28b7],
])('murmur3_32 of %j is the published one', (bytes, hash) => {
  expect(murmur3_32(Uint8Array.from(bytes), 0, bytes.length)).toBe(hash);
});
