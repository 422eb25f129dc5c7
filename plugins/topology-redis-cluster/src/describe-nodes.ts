import { formatEndpoint, type NodeDescription } from '@shardmux/plugin-api';
import type { Address } from './address.js';
import type { ClusterView, MemberView } from './cluster-view.js';

/**
 * The shards of a cluster as nodes of a pool, in the order of their names.
 * @param names of the shards, in their order. Replicas are called by their addresses, since an id may be a shard's name.
 */
export function describeNodes({ shards }: ClusterView, names: readonly string[]): NodeDescription[] {
  const nodes = shards.map(({ slots, primary, replicas }, i) => ({
    name: names[i],
    endpoint: primary.address,
    weight: 1,
    slots,
    replicas: replicas.filter(({ isOnline }) => isOnline).map(describeReplica),
  }));
  return nodes.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Where the servers of such a node are reached. */
export function addressesOf({ endpoint, replicas = [] }: NodeDescription): Address[] {
  return [endpoint, ...replicas.map((replica) => replica.endpoint)].filter((each) => each.kind === 'tcp');
}

function describeReplica({ address }: MemberView) {
  return { name: formatEndpoint(address), endpoint: address };
}
