import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jump } from '../src/index.js';
import { jumpBucket } from '../src/jump-bucket.js';
import { jumpBucketReference } from './references.js';

const bucketOf = (key: bigint, buckets: number) =>
  jumpBucket(Number(key >> 32n), Number(key & 0xffffffffn), buckets);

describe('jumpBucket', () => {
  // Of HashingTest in Google's Guava, "golden" values to compare implementations across languages.
  const guava = [0, 55, 62, 8, 45, 59, 86, 97, 82, 59, 73, 37, 17, 56, 86, 21, 90, 37, 38, 83];

  test.each<[bigint, number, number]>([
    ...guava.map((bucket, key): [bigint, number, number] => [BigInt(key), 100, bucket]),
    [10863919174838991n, 11, 6],
    [2016238256797177309n, 11, 3],
    [1673758223894951030n, 11, 5],
    [2n, 100_001, 80_343],
    [2201n, 100_001, 22_152],
    [2202n, 100_001, 15_018],
  ])('key %d is in bucket %3$d of %2$d', (key, buckets, bucket) => {
    expect(bucketOf(key, buckets)).toBe(bucket);
  });

  test('is what the paper says for every key and number of buckets', () => {
    const keys = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    const counts = fc.oneof(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1, max: 2 ** 31 - 1 }));
    const property = fc.property(keys, counts, (key, buckets) => {
      expect(bucketOf(key, buckets)).toBe(jumpBucketReference(key, buckets));
    });
    fc.assert(property, { numRuns: 5_000 });
  });
});

const numbered = (weights: readonly number[]) => weights.map((weight, i) => ({ name: `node${i}`, weight }));
const someWeights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 30 });

test('a node that comes last in the order of names moves hashes to itself alone', () => {
  const property = fc.property(someWeights, fc.nat(0xffffffff), (weights, hash) => {
    const before = jump.build(numbered(weights)).locate(hash);
    const after = jump.build(numbered([...weights, 3])).locate(hash);
    expect([before, weights.length]).toContain(after);
  });
  fc.assert(property, { numRuns: 2_000 });
});

test('each bucket belongs to the node in whose run it is, however many there are', () => {
  const weights = [1, 70_000, 2, 5, 1_000_000, 1];
  const distribution = jump.build(numbered(weights));
  const property = fc.property(fc.nat(0xffffffff), (hash) => {
    let rest = distribution.partition(hash);
    const owner = weights.findIndex((weight) => {
      rest -= weight;
      return rest < 0;
    });
    expect(distribution.locate(hash)).toBe(owner);
  });
  fc.assert(property, { numRuns: 2_000 });
});

test('weights may add up to 2^31 - 1, and no further', () => {
  expect(jump.build(numbered([1, 2 ** 31 - 2])).partitions).toBe(2 ** 31 - 1);
  const error = { code: 'SHARDMUX_WEIGHTS_TOO_LARGE', message: expect.stringContaining('2147483648') };
  expect(() => jump.build(numbered([2 ** 30, 2 ** 30]))).toThrow(expect.objectContaining(error));
});
