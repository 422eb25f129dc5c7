import fc from 'fast-check';

/** A key, and those of its bytes that are hashed where the hash tag is `{}`. */
export interface Sample {
  readonly key: Uint8Array;
  readonly hashed: Uint8Array;
}

const OPENER = 0x7b;
const CLOSER = 0x7d;
const COUNT = 400;
const SEED = { seed: 2, numRuns: COUNT };

/** Short, long, binary and tagged keys, the same in every run and no key twice. */
export function sampleKeys(): Sample[] {
  const samples = [
    ...Array.from({ length: COUNT }, (_, i) => untagged(Buffer.from(`user:${i}:profile`))),
    ...fc.sample(bytesWithout(OPENER, 20), SEED).map(untagged),
    ...fc.sample(bytesWithout(OPENER, 1_000), SEED).map(untagged),
    ...fc.sample(taggedKeys, SEED),
  ];
  return [...new Map(samples.map((sample) => [Buffer.from(sample.key).toString('latin1'), sample])).values()];
}

function untagged(key: Uint8Array): Sample {
  return { key, hashed: key };
}

function bytesWithout(byte: number, maxLength: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: 1, maxLength, size: 'max' }).filter((key) => !key.includes(byte));
}

const taggedKeys = fc
  .tuple(bytesWithout(OPENER, 10), bytesWithout(CLOSER, 20), bytesWithout(OPENER, 10))
  .map(([before, hashed, after]): Sample => {
    const key = Buffer.concat([before, Buffer.of(OPENER), hashed, Buffer.of(CLOSER), after]);
    return { key, hashed };
  });
