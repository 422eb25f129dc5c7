import type { Distribution, DistributionNode, DistributionStrategy } from '@shardmux/plugin-api';
import type { SlotsOptions } from './options.js';
import { slotOwners } from './slot-owners.js';

/**
 * A fixed number of slots, each of which has an owner; a hash is in the slot of its remainder. With 16,384 slots
 * and the hash `redis-cluster` they are those of Redis Cluster, with 1,024 and the hash `codis` those of Codis.
 *
 * A slot is its owner's by name, where the topology says so. The slots that no node names, be it all of them, one
 * that was forgotten, or those of a node that was ejected, are shared out over the nodes there are, by weight: a
 * key has a node at any time, and no slot that is named moves.
 */
export class Slots implements DistributionStrategy {
  readonly #options: SlotsOptions;

  constructor(options: SlotsOptions) {
    this.#options = options;
  }

  /** @throws {ConfigError} `SHARDMUX_SLOTS_INVALID` where a node names a slot that does not exist or is another's. */
  build(nodes: readonly DistributionNode[]): Distribution {
    const { slots, splitBy } = this.#options;
    return new SlotTable(slotOwners(nodes, slots), splitBy);
  }
}

class SlotTable implements Distribution {
  readonly splitBy: 'node' | 'slot';
  readonly partitions: number;
  readonly #owners: Int32Array;

  constructor(owners: Int32Array, splitBy: 'node' | 'slot') {
    this.splitBy = splitBy;
    this.partitions = owners.length;
    this.#owners = owners;
  }

  partition(hash: number): number {
    return hash % this.partitions;
  }

  locate(hash: number): number {
    return this.#owners[this.partition(hash)];
  }
}
