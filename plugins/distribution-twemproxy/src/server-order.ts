import type { DistributionNode } from '@shardmux/plugin-api';

/**
 * The order in which Twemproxy numbers the servers of a pool, whatever their order in its configuration: the
 * shorter name first, in bytes, and names of one length byte by byte.
 * @returns indices into `nodes`
 */
export function serverOrder(nodes: readonly DistributionNode[]): number[] {
  const names = nodes.map((node) => Buffer.from(node.name));
  return [...names.keys()].sort(
    (a, b) => names[a].length - names[b].length || Buffer.compare(names[a], names[b]),
  );
}
