import { API_VERSION, type DistributionStrategy, definePlugin, type Plugin } from '@shardmux/plugin-api';

const HASHES = 2 ** 32;

/** One range of hashes per node, as long as its weight, in the order of names. Put yours in its place. */
const ranges: DistributionStrategy = {
  build(nodes) {
    const order = [...nodes.keys()].sort((a, b) => (nodes[a].name < nodes[b].name ? -1 : 1));
    const total = nodes.reduce((sum, node) => sum + node.weight, 0);
    let weight = 0;
    const ends = order.map((index) => {
      weight += nodes[index].weight;
      return (weight / total) * HASHES;
    });
    const partition = (hash: number): number => {
      let range = 0;
      while (hash >= ends[range]) range++;
      return range;
    };
    return {
      splitBy: 'node',
      partitions: ends.length,
      partition,
      locate: (hash) => order[partition(hash)],
    };
  },
};

export const plugins: readonly Plugin[] = [
  definePlugin({ kind: 'distribution', name: 'my-thing', apiVersion: API_VERSION, create: () => ranges }),
];
