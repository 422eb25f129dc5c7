import type { ErrandNode } from '@shardmux/plugin-api';

/** The most that an id may be: it takes 16 bits of a cursor. */
const MAX_ID = 65_535;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

export interface ScanServer {
  readonly id: number;
  readonly node: ErrandNode;
}

/**
 * The servers in the order in which they are scanned: by ids from 1 to 65,535 that come from their names, so that
 * every process finds the same, and a server keeps its own when others come and go.
 */
export function scanServers(nodes: readonly ErrandNode[]): ScanServer[] {
  const byId = new Map<number, ErrandNode>();
  for (const node of [...nodes].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    let id = 1 + (hash(node.name) % MAX_ID);
    while (byId.has(id)) id = 1 + (id % MAX_ID);
    byId.set(id, node);
  }
  return Array.from(byId, ([id, node]) => ({ id, node })).sort((a, b) => a.id - b.id);
}

/** FNV-1a. */
function hash(name: string): number {
  let value = FNV_OFFSET;
  for (const byte of Buffer.from(name)) value = Math.imul(value ^ byte, FNV_PRIME);
  return value >>> 0;
}
