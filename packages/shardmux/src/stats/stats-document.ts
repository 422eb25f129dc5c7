import { POOL_FIELDS, type PoolSnapshot, SERVER_FIELDS } from '@shardmux/core';

export interface StatsHeader {
  /** The name of this machine. */
  readonly source: string;
  /** In seconds. */
  readonly uptime: number;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly totalConnections: number;
  readonly currConnections: number;
}

/**
 * Writes statistics byte for byte as Twemproxy 0.5.0 does, which has its own idea of where blanks go: some programs
 * read it without a JSON parser. For the same reason it gives that program's name and version as its own:
 * dashboards and agents look for them before they look for figures. Pools and servers come in the order of their
 * names, shorter ones first. A pool whose topology is out of reach says so. Unlike there, names are escaped, so that the document is JSON whatever they hold.
 */
export function renderStats(header: StatsHeader, pools: readonly PoolSnapshot[]): string {
  const head = [
    '"service":"nutcracker"',
    `"source":${JSON.stringify(header.source)}`,
    '"version":"0.5.0"',
    `"uptime":${header.uptime}`,
    `"timestamp":${header.timestamp}`,
    `"total_connections":${header.totalConnections}`,
    `"curr_connections":${header.currConnections}`,
  ];
  return `${renderObject(head, pools.toSorted(byName).map(renderPool))}\n`;
}

function renderPool({ name, values, topologyFault, servers }: PoolSnapshot): string {
  const fault = topologyFault === undefined ? [] : [`"topology_fault":${JSON.stringify(topologyFault)}`];
  const parts = servers
    .toSorted(byName)
    .map(
      (server) =>
        `${JSON.stringify(server.name)}: ${renderObject(figures(SERVER_FIELDS, server.values), [])}`,
    );
  return `${JSON.stringify(name)}: ${renderObject([...figures(POOL_FIELDS, values), ...fault], parts)}`;
}

function figures(fields: readonly string[], values: readonly number[]): string[] {
  return fields.map((field, i) => `"${field}":${values[i]}`);
}

/** Members of its own come first, with a blank between them; there is none between the objects nested in it. */
function renderObject(own: readonly string[], nested: readonly string[]): string {
  return `{${(nested.length === 0 ? own : [...own, nested.join(',')]).join(', ')}}`;
}

/** By length in bytes, then by bytes. */
function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  const [left, right] = [Buffer.from(a.name), Buffer.from(b.name)];
  return left.length - right.length || Buffer.compare(left, right);
}
