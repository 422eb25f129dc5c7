import type { NodeDescription, ReplicaDescription, SlotRange } from '@shardmux/plugin-api';
import type { ReplicaInput, ServerInput } from './server-schema.js';

/** What is no plain text, which YAML may refuse. */
const UNUSUAL = /[^\n\x20-\x7e]/g;

/** The document that `readServers` reads these servers from, in JSON. Nodes that are alike have the same. */
export function formatServers(nodes: readonly NodeDescription[]): string {
  const text = JSON.stringify({ servers: nodes.map(serverInput) }, null, 2);
  return `${text.replace(UNUSUAL, escaped)}\n`;
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function serverInput(node: NodeDescription): ServerInput {
  const { weight, slots, replicas } = node;
  return {
    ...replicaInput(node),
    weight,
    ...(slots && { slots: slots.map(formatSlots) }),
    ...(replicas && { replicas: replicas.map(replicaInput) }),
  };
}

function replicaInput({ name, endpoint, zone }: ReplicaDescription): ReplicaInput {
  const address =
    endpoint.kind === 'unix' ? { path: endpoint.path } : { host: endpoint.host, port: endpoint.port };
  return { name, ...address, zone };
}

function formatSlots({ first, last }: SlotRange): string {
  return `${first}-${last}`;
}
