import type { Distribution, DistributionStrategy } from '@shardmux/plugin-api';

/** Any server, all as likely, whatever the hash and the weights: for caches that hold the same on every server. */
export const random: DistributionStrategy = {
  build: (nodes) => new Random(nodes.length),
};

class Random implements Distribution {
  readonly splitBy = 'node';
  /** Hashes are not parted. */
  readonly partitions = 1;
  readonly #nodes: number;

  constructor(nodes: number) {
    this.#nodes = nodes;
  }

  partition(): number {
    return 0;
  }

  locate(): number {
    return Math.floor(Math.random() * this.#nodes);
  }
}
