import type { DistributionNode } from '@shardmux/plugin-api';

/**
 * Nodes by name: the shorter one first, in bytes of UTF-8, and names of one length byte by byte. So `cache10`
 * stands after `cache9`, and nodes that are numbered are appended.
 * @returns indices into `nodes`
 */
export function nodeOrder(nodes: readonly DistributionNode[]): number[] {
  const names = nodes.map((node) => Buffer.from(node.name));
  return [...names.keys()].sort(
    (a, b) => names[a].length - names[b].length || Buffer.compare(names[a], names[b]),
  );
}
