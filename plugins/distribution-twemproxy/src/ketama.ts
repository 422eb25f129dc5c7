import { createHash } from 'node:crypto';
import type { Distribution, DistributionNode, DistributionStrategy } from '@shardmux/plugin-api';
import { serverOrder } from './server-order.js';

const { fround } = Math;

const POINTS_PER_SERVER = 160;
const POINTS_PER_DIGEST = 4;

/** Room for a server's rank below a 32-bit point, in the 53 bits of an exact integer. */
const RANKS = 2 ** 21;

/**
 * The consistent hashing of libketama, as Twemproxy computes it. Each server has about 160 points on a circle of
 * uint32 values, in proportion to its weight; a hash belongs to the first point that is not below it, and past
 * the last point to the first one. A server of a very small share of the weight may have no point at all.
 */
export const ketama: DistributionStrategy = {
  build(nodes) {
    const order = serverOrder(nodes);
    const circle = pointsInOrder(order.map((index) => nodes[index]));
    return new KetamaRing(
      Uint32Array.from(circle, (entry) => entry / RANKS),
      Uint32Array.from(circle, (entry) => order[entry % RANKS]),
    );
  },
};

/**
 * The upper bits of a hash lead to where its search begins, at most a few points before its end: a binary search
 * takes nine times as long, as each of its steps is a branch that no processor can predict.
 */
class KetamaRing implements Distribution {
  readonly splitBy = 'node';
  readonly partitions: number;
  readonly #points: Uint32Array;
  readonly #owners: Uint32Array;
  readonly #shift: number;
  readonly #starts: Uint32Array;

  constructor(points: Uint32Array, owners: Uint32Array) {
    this.partitions = points.length;
    this.#points = points;
    this.#owners = owners;
    this.#shift = Math.clz32(points.length);
    let start = 0;
    this.#starts = Uint32Array.from({ length: 2 ** (32 - this.#shift) }, (_, bits) => {
      while (points[start] < bits * 2 ** this.#shift) start++;
      return start;
    });
  }

  partition(hash: number): number {
    let index = this.#starts[hash >>> this.#shift];
    while (index < this.partitions && this.#points[index] < hash) index++;
    return index === this.partitions ? 0 : index;
  }

  locate(hash: number): number {
    return this.#owners[this.partition(hash)];
  }
}

/** Every point with its server's rank in the lower bits: of equal points, the first server's stands first. */
function pointsInOrder(servers: readonly DistributionNode[]): Float64Array {
  const total = servers.reduce((sum, server) => sum + server.weight, 0);
  const points: number[] = [];
  servers.forEach(({ name, weight }, rank) => {
    const digests = digestsOf(weight, total, servers.length);
    for (let i = 0; i < digests; i++) {
      const digest = createHash('md5').update(`${name}-${i}`).digest();
      for (let at = 0; at < digest.length; at += 4) points.push(digest.readUInt32LE(at) * RANKS + rank);
    }
  });
  return Float64Array.from(points).sort();
}

/**
 * How many digests, of four points each, a server has. Twemproxy computes this in C's `float`: with doubles, 25
 * equal servers would have 160 points each instead of 156.
 */
function digestsOf(weight: number, total: number, servers: number): number {
  const share = fround(fround(weight) / fround(total));
  const average = fround(fround(share * POINTS_PER_SERVER) / POINTS_PER_DIGEST);
  return Math.floor(fround(fround(average * fround(servers)) + 1e-10));
}
