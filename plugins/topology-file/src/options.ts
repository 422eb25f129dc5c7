import type { NodeDescription, SchemaIssue, SchemaResult, StandardSchema } from '@shardmux/plugin-api';

export interface FileTopologyOptions {
  /** At least one; names unique. */
  readonly servers: readonly NodeDescription[];
}

const MAX_WEIGHT = 2 ** 31 - 1;

/** A schema by hand: a plugin depends on the contracts alone. */
export const optionsSchema: StandardSchema<FileTopologyOptions> = {
  '~standard': { version: 1, vendor: 'shardmux', validate },
};

function validate(value: unknown): SchemaResult<FileTopologyOptions> {
  const servers = isRecord(value) ? value.servers : undefined;
  if (!Array.isArray(servers) || servers.length === 0) {
    return { issues: [{ path: ['servers'], message: 'must be a list of at least one server' }] };
  }
  const issues: SchemaIssue[] = [];
  const names = new Set<string>();
  const nodes: NodeDescription[] = [];
  servers.forEach((server: unknown, index) => {
    const path = ['servers', index];
    if (!isNode(server)) {
      issues.push({ path, message: 'must have a name, an endpoint, and a weight from 1 to 2147483647' });
    } else if (names.has(server.name)) {
      issues.push({ path, message: `must have a name of its own: there is another "${server.name}"` });
    } else {
      names.add(server.name);
      nodes.push(server);
    }
  });
  return issues.length > 0 ? { issues } : { value: { servers: nodes } };
}

function isNode(value: unknown): value is NodeDescription {
  if (!isRecord(value) || !isRecord(value.endpoint)) return false;
  const { name, weight, endpoint } = value;
  if (typeof name !== 'string' || !isWhole(weight, 1, MAX_WEIGHT)) return false;
  if (endpoint.kind === 'unix') return typeof endpoint.path === 'string';
  return endpoint.kind === 'tcp' && typeof endpoint.host === 'string' && isWhole(endpoint.port, 1, 65535);
}

function isWhole(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
