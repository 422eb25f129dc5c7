import type { Distribution, DistributionStrategy } from '@shardmux/plugin-api';
import { maglevTable } from './maglev-table.js';
import { mix } from './mix.js';
import { nameDigest } from './name-digest.js';
import { nodeOrder } from './node-order.js';

/**
 * The paper's size for its smaller tables, a prime. It never depends on the number of nodes: with another size
 * nearly every key would move.
 */
const TABLE_SIZE = 65_537;

/**
 * Maglev hashing (Danielle Eisenbud and others, "Maglev: A Fast and Reliable Software Network Load Balancer", NSDI
 * 2016): a table of 65,537 entries, one look into it per hash. The nodes' shares of it are even to one entry, so to
 * less than one per cent for up to 655 equal nodes; a node that comes or goes moves few keys but its own.
 *
 * The hash is mixed before it is taken modulo the table's size, so that hashes that are small, or differ in few
 * bits, meet the whole table.
 */
export const maglev: DistributionStrategy = {
  build(nodes) {
    const order = nodeOrder(nodes);
    const choosers = order.map((index) => {
      const { name, weight } = nodes[index];
      const [first, second] = nameDigest(name);
      return { offset: first % TABLE_SIZE, skip: (second % (TABLE_SIZE - 1)) + 1, weight };
    });
    return new Maglev(maglevTable(choosers, TABLE_SIZE).map((rank) => order[rank]));
  },
};

class Maglev implements Distribution {
  readonly splitBy = 'node';
  readonly partitions = TABLE_SIZE;
  readonly #owners: Uint32Array;

  constructor(owners: Uint32Array) {
    this.#owners = owners;
  }

  partition(hash: number): number {
    return mix(hash) % TABLE_SIZE;
  }

  locate(hash: number): number {
    return this.#owners[this.partition(hash)];
  }
}
