import type { Distribution, DistributionStrategy } from '@shardmux/plugin-api';
import { serverOrder } from './server-order.js';

const HIGHEST_HASH = 0xffffffff;

/**
 * The hash modulo the sum of all weights; each server, in Twemproxy's order, owns as many of the remainders in a
 * row as it weighs.
 */
export const modula: DistributionStrategy = {
  build(nodes) {
    const order = serverOrder(nodes);
    const lasts = new Uint32Array(order.length);
    let total = 0;
    order.forEach((index, rank) => {
      total += nodes[index].weight;
      lasts[rank] = Math.min(total - 1, HIGHEST_HASH);
    });
    return new Modula(total, lasts, Uint32Array.from(order));
  },
};

class Modula implements Distribution {
  readonly splitBy = 'node';
  readonly partitions: number;
  readonly #lasts: Uint32Array;
  readonly #owners: Uint32Array;

  /** @param lasts the last remainder of each owner: a table of all remainders could be of any size. */
  constructor(total: number, lasts: Uint32Array, owners: Uint32Array) {
    this.partitions = total;
    this.#lasts = lasts;
    this.#owners = owners;
  }

  partition(hash: number): number {
    return hash % this.partitions;
  }

  locate(hash: number): number {
    const remainder = this.partition(hash);
    let low = 0;
    let high = this.#lasts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#lasts[middle] < remainder) low = middle + 1;
      else high = middle;
    }
    return this.#owners[low];
  }
}
