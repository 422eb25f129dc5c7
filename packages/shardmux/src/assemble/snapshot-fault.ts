import type { Endpoint, NodeDescription, ReplicaDescription, TopologySnapshot } from '@shardmux/plugin-api';

/** What is wrong with a snapshot that a plugin delivered, as the rest of a sentence; `null` where nothing is. */
export function snapshotFault({ epoch, nodes }: TopologySnapshot): string | null {
  if (!Number.isFinite(epoch)) return `must number its snapshots, and the epoch is ${String(epoch)}`;
  if (!Array.isArray(nodes) || nodes.length === 0) return 'must deliver at least one node';
  const names = new Set<string>();
  for (const node of nodes) {
    const fault = nodeFault(node);
    if (fault !== null) return fault;
    for (const { name } of [node, ...(node.replicas ?? [])]) {
      if (names.has(name)) return `must give each server a name of its own, and two are "${name}"`;
      names.add(name);
    }
  }
  return null;
}

function nodeFault(node: NodeDescription): string | null {
  const { name, weight, replicas = [] } = node;
  const fault = serverFault('node', node);
  if (fault !== null) return fault;
  if (!Number.isSafeInteger(weight) || weight < 1) {
    return `must give node "${name}" a positive whole weight, not ${String(weight)}`;
  }
  if (!Array.isArray(replicas)) return `must give node "${name}" a list of replicas`;
  for (const replica of replicas) {
    const replicaFault = serverFault('replica', replica);
    if (replicaFault !== null) return replicaFault;
  }
  return null;
}

function serverFault(role: 'node' | 'replica', { name, endpoint, zone }: ReplicaDescription): string | null {
  if (typeof name !== 'string' || name === '') {
    return `must give each ${role} a name, and one is ${String(name)}`;
  }
  if (!isEndpoint(endpoint)) {
    const found = JSON.stringify(endpoint);
    return `must give ${role} "${name}" an endpoint with host and port, or with path, not ${found}`;
  }
  if (zone !== undefined && (typeof zone !== 'string' || zone === '')) {
    return `must give ${role} "${name}" a zone that is a text, or none, not ${JSON.stringify(zone)}`;
  }
  return null;
}

function isEndpoint(endpoint: Endpoint): boolean {
  if (endpoint?.kind === 'unix') return typeof endpoint.path === 'string' && endpoint.path !== '';
  if (endpoint?.kind !== 'tcp') return false;
  const { host, port } = endpoint;
  return typeof host === 'string' && host !== '' && Number.isInteger(port) && port >= 1 && port <= 65535;
}
