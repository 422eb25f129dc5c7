import { MAX_INT, mapping, optionsSchema, text } from '@shardmux/config-file';
import type { NodeDescription, ReplicaDescription } from '@shardmux/plugin-api';
import { z } from 'zod';

/** Either the servers, or the path of a file that tells them. */
export type FileTopologyOptions = GivenServers | ServersFile;

export interface GivenServers {
  /** At least one; names unique. */
  readonly servers: readonly NodeDescription[];
}

export interface ServersFile {
  /** A document that `readServers` reads. */
  readonly path: string;
  /** Where the last good servers are kept, for a start at which the file is of no use; left out: nowhere. */
  readonly cache?: string | undefined;
}

const LIST = 'must be a list of at least one server';
const NODE = 'must have a name, an endpoint, and a weight from 1 to 2147483647';

const servers = z
  .array(z.custom<NodeDescription>(isNode, NODE), { error: LIST })
  .min(1, { error: LIST })
  .superRefine((nodes, { addIssue }) => {
    const names = new Set<string>();
    for (const [index, node] of nodes.entries()) {
      for (const { name } of [node, ...(node.replicas ?? [])]) {
        const message = `must have a name of its own: there is another "${name}"`;
        if (names.has(name)) addIssue({ code: 'custom', path: [index], message });
        names.add(name);
      }
    }
  });

const file = text('must be the path of a file');

const options = mapping({ servers: servers.optional(), path: file.optional(), cache: file.optional() });

export const fileTopologyOptions = optionsSchema(
  options.transform(({ servers, path, cache }, { addIssue }): FileTopologyOptions => {
    const refuse = (option: string, message: string) => {
      addIssue({ code: 'custom', path: [option], message });
      return z.NEVER;
    };
    if (path === undefined) {
      if (servers === undefined) return refuse('servers', `${LIST}, or else "path" must be given`);
      return cache === undefined ? { servers } : refuse('cache', 'must be left out: it is for a "path"');
    }
    return servers === undefined ? { path, cache } : refuse('path', 'must be left out: there are "servers"');
  }),
);

function isNode(value: unknown): value is NodeDescription {
  if (!isRecord(value) || !isReplica(value)) return false;
  const { weight, replicas = [] } = value;
  return isWhole(weight, 1, MAX_INT) && Array.isArray(replicas) && replicas.every(isReplica);
}

function isReplica(value: unknown): value is ReplicaDescription {
  if (!isRecord(value) || !isRecord(value.endpoint)) return false;
  const { name, endpoint } = value;
  if (typeof name !== 'string') return false;
  if (endpoint.kind === 'unix') return typeof endpoint.path === 'string';
  return endpoint.kind === 'tcp' && typeof endpoint.host === 'string' && isWhole(endpoint.port, 1, 65535);
}

function isWhole(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
