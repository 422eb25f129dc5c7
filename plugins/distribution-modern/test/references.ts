import { createHash } from 'node:crypto';
import type { DistributionNode } from '@shardmux/plugin-api';
import type { Chooser } from '../src/maglev-table.js';

/*
 * The three algorithms as their papers have them, in exact integers or floating point, however slow. Nodes are
 * given in the order of their names.
 */

const uint32 = (value: bigint) => BigInt.asUintN(32, value);

/** lowbias32, as Chris Wellons publishes it. */
export function mixReference(value: number): number {
  let x = BigInt(value);
  x ^= x >> 16n;
  x = uint32(x * 0x7feb352dn);
  x ^= x >> 15n;
  x = uint32(x * 0x846ca68bn);
  x ^= x >> 16n;
  return Number(x);
}

/** Two uint32, little-endian. */
function digestReference(name: string): [bigint, bigint] {
  const digest = createHash('sha256').update(name).digest();
  return [BigInt(digest.readUInt32LE(0)), BigInt(digest.readUInt32LE(4))];
}

/** Schindelhauer and Schomaker's logarithmic method: a score for each node, weights and all. */
export function rendezvousReference(nodes: readonly DistributionNode[], hash: number): number {
  const mixed = BigInt(mixReference(hash));
  const scores = nodes.map(({ name, weight }) => {
    const [seed, multiplier] = digestReference(name);
    const product = uint32((mixed ^ seed) * (multiplier | 1n));
    const signed = BigInt.asIntN(32, (product ^ (product >> 16n)) * 0x7feb352dn);
    return weight / -Math.log((Number(signed) + 2 ** 31 + 0.5) / 2 ** 32);
  });
  return scores.indexOf(Math.max(...scores));
}

/** Lamping and Veach's figure 1. */
export function jumpBucketReference(key: bigint, buckets: number): number {
  let state = key;
  let bucket = -1;
  let next = 0;
  while (next < buckets) {
    bucket = next;
    state = BigInt.asUintN(64, state * 2862933555777941757n + 1n);
    next = Math.floor((bucket + 1) * (Number(1n << 31n) / Number((state >> 33n) + 1n)));
  }
  return bucket;
}

export function jumpReference(nodes: readonly DistributionNode[], hash: number): number {
  const buckets = nodes.flatMap(({ weight }, index) => Array<number>(weight).fill(index));
  return buckets[jumpBucketReference(BigInt(mixReference(hash)), buckets.length)];
}

/** Eisenbud and others' pseudocode 1, with whole permutations; a node is passed over when it is not its turn. */
export function maglevTableReference(choosers: readonly Chooser[], size: number): number[] {
  const permutations = choosers.map(({ offset, skip }) =>
    Array.from({ length: size }, (_, j) => (offset + j * skip) % size),
  );
  const heaviest = Math.max(...choosers.map(({ weight }) => weight));
  const next = choosers.map(() => 0);
  const entries = Array<number>(size).fill(-1);
  let filled = 0;
  for (let round = 0; ; round++) {
    for (const [i, { weight }] of choosers.entries()) {
      const turns = (rounds: number) => Math.floor((rounds * weight) / heaviest);
      if (round > 0 && turns(round) === turns(round - 1)) continue;
      while (entries[permutations[i][next[i]]] >= 0) next[i]++;
      entries[permutations[i][next[i]]] = i;
      if (++filled === size) return entries;
    }
  }
}

/** All hashes at once, as the table is dear. */
export function maglevReference(nodes: readonly DistributionNode[], hashes: readonly number[]): number[] {
  const choosers = nodes.map(({ name, weight }): Chooser => {
    const [first, second] = digestReference(name);
    return { offset: Number(first % 65_537n), skip: Number((second % 65_536n) + 1n), weight };
  });
  const entries = maglevTableReference(choosers, 65_537);
  return hashes.map((hash) => entries[mixReference(hash) % 65_537]);
}
