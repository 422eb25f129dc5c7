import { type HashTag, RouteTable } from '@shardmux/core';
import { formatEndpoint, type NodeDescription } from '@shardmux/plugin-api';
import { routeRule } from '../assemble/pool-options.js';
import type { PoolParts } from '../assemble/pool-parts.js';

/** How one key finds its node. */
export interface Explanation {
  readonly key: string;
  /** The part of the key that is hashed; `null` where that is the whole key. */
  readonly tag: string | null;
  /** `null`, as the partition is, in a pool of one node: nothing is hashed there. */
  readonly hash: number | null;
  readonly partition: number | null;
  /** `null` where the key does not decide: any node may be taken. */
  readonly node: string | null;
  readonly endpoint: string | null;
}

/** Routes keys by the same table as the proxy, with all nodes in service. */
export async function explainKeys(parts: PoolParts, keys: readonly string[]): Promise<Explanation[]> {
  const nodes = await currentNodes(parts);
  const rule = routeRule(parts);
  const table = new RouteTable(nodes, nodes, rule);
  // With a single partition for several nodes, it is not the hash that decides.
  const isDecided = nodes.length === 1 || rule.distribution.build(nodes).partitions > 1;
  return keys.map((key) => explainKey(key, rule.tag, table, isDecided));
}

function explainKey(
  key: string,
  tag: HashTag | null,
  table: RouteTable<NodeDescription>,
  isDecided: boolean,
): Explanation {
  const bytes = Buffer.from(key);
  const node = isDecided ? table.nodes[table.locate(bytes, 0, bytes.length)] : null;
  const hash = table.nodes.length === 1 ? null : table.hashOf(bytes, 0, bytes.length);
  tag?.find(bytes, 0, bytes.length);
  const hasTag = tag !== null && tag.end - tag.start < bytes.length;
  return {
    key,
    tag: hasTag ? bytes.toString('utf8', tag.start, tag.end) : null,
    hash,
    partition: hash === null ? null : table.partitionOf(hash),
    node: node?.name ?? null,
    endpoint: node === null ? null : formatEndpoint(node.endpoint),
  };
}

async function currentNodes({ topology }: PoolParts): Promise<readonly NodeDescription[]> {
  let nodes: readonly NodeDescription[] = [];
  await topology.start({
    changed: (snapshot) => {
      nodes = snapshot.nodes;
    },
    failed: () => {},
  });
  await topology.stop();
  return nodes;
}
