import { ConfigError, type Distribution, type DistributionStrategy } from '@shardmux/plugin-api';
import { jumpBucket } from './jump-bucket.js';
import { mix } from './mix.js';
import { nodeOrder } from './node-order.js';

/** The algorithm counts buckets in a signed 32-bit integer. */
const MAX_BUCKETS = 2 ** 31 - 1;
/** Of a bucket's number, how many of the upper bits lead to its owner. */
const START_BITS = 16;

/**
 * Jump consistent hash (Lamping and Veach, 2014) over the nodes in the order of their names, the shorter name
 * first. It keeps no table, is as even as chance allows, and knows no weights: a node of weight w is w buckets in
 * a row.
 *
 * The algorithm can only add buckets at the end and take them from there. A node that comes last in the order
 * takes its share and moves nothing else. One that comes or goes in the middle, by an ejection too, or changes its
 * weight there, renumbers all that follow, and moves most of their keys.
 *
 * The hash is mixed and taken for a 64-bit key, so that hashes that are small, or differ in few bits, will do; two
 * keys with one hash stay together all the same.
 */
export const jump: DistributionStrategy = {
  /** @throws {ConfigError} `SHARDMUX_WEIGHTS_TOO_LARGE` where the weights add up to 2^31 or more. */
  build(nodes) {
    const order = nodeOrder(nodes);
    const ends = new Uint32Array(order.length);
    let total = 0;
    order.forEach((index, rank) => {
      total += nodes[index].weight;
      ends[rank] = total;
    });
    if (total > MAX_BUCKETS) {
      const message = `jump takes weights that add up to at most ${MAX_BUCKETS}; these add up to ${total}`;
      throw new ConfigError('SHARDMUX_WEIGHTS_TOO_LARGE', message);
    }
    return new Jump(total, ends, Uint32Array.from(order));
  },
};

/** From a bucket's upper bits to the owner of the first bucket that has them: the search ends a few steps on. */
class Jump implements Distribution {
  readonly splitBy = 'node';
  readonly partitions: number;
  readonly #ends: Uint32Array;
  readonly #owners: Uint32Array;
  readonly #shift: number;
  readonly #starts: Uint32Array;

  /** @param ends where the buckets of each owner end: a table of all buckets could be of any size. */
  constructor(buckets: number, ends: Uint32Array, owners: Uint32Array) {
    this.partitions = buckets;
    this.#ends = ends;
    this.#owners = owners;
    const bits = 32 - Math.clz32(buckets - 1);
    this.#shift = Math.max(0, bits - START_BITS);
    let rank = 0;
    this.#starts = Uint32Array.from({ length: ((buckets - 1) >>> this.#shift) + 1 }, (_, upper) => {
      while (ends[rank] <= upper * 2 ** this.#shift) rank++;
      return rank;
    });
  }

  partition(hash: number): number {
    return jumpBucket(0, mix(hash), this.partitions);
  }

  locate(hash: number): number {
    const bucket = this.partition(hash);
    let rank = this.#starts[bucket >>> this.#shift];
    while (this.#ends[rank] <= bucket) rank++;
    return this.#owners[rank];
  }
}
