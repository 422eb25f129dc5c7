import type { NodeDescription, TopologySnapshot } from '@shardmux/plugin-api';

/** What is wrong with a snapshot that a plugin delivered, as the rest of a sentence; `null` where nothing is. */
export function snapshotFault({ epoch, nodes }: TopologySnapshot): string | null {
  if (!Number.isFinite(epoch)) return `must number its snapshots, and the epoch is ${String(epoch)}`;
  if (!Array.isArray(nodes) || nodes.length === 0) return 'must deliver at least one node';
  const names = new Set<string>();
  for (const node of nodes) {
    const fault = nodeFault(node);
    if (fault !== null) return fault;
    if (names.has(node.name)) return `must give each node a name of its own, and two are "${node.name}"`;
    names.add(node.name);
  }
  return null;
}

function nodeFault(node: NodeDescription): string | null {
  const { name, weight, endpoint } = node;
  if (typeof name !== 'string' || name === '')
    return `must give each node a name, and one is ${String(name)}`;
  if (!Number.isSafeInteger(weight) || weight < 1) {
    return `must give node "${name}" a positive whole weight, not ${String(weight)}`;
  }
  if (!isEndpoint(endpoint)) {
    return `must give node "${name}" an endpoint with host and port, or with path, not ${JSON.stringify(endpoint)}`;
  }
  return null;
}

function isEndpoint(endpoint: NodeDescription['endpoint']): boolean {
  if (endpoint?.kind === 'unix') return typeof endpoint.path === 'string' && endpoint.path !== '';
  if (endpoint?.kind !== 'tcp') return false;
  const { host, port } = endpoint;
  return typeof host === 'string' && host !== '' && Number.isInteger(port) && port >= 1 && port <= 65535;
}
