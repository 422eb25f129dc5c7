import { createHash } from 'node:crypto';
import type { ClusterMember } from '@shardmux/plugin-api';
import { CLOSING_BRACE, OPENING_BRACE } from '../../ascii.js';

export const SLOTS = 16_384;

/** One proxy, as cluster clients see it: a primary with an even share of the slots. */
export interface ClusterNode extends ClusterMember {
  readonly id: string;
  readonly firstSlot: number;
  readonly lastSlot: number;
}

/** The proxies of a pool as a Redis Cluster. Each serves every key, so it never redirects. */
export class Cluster {
  readonly nodes: readonly ClusterNode[];

  constructor(members: readonly ClusterMember[]) {
    const firstSlot = (index: number) => Math.floor((index * SLOTS) / members.length);
    this.nodes = members.map(({ host, port }, i) => ({
      host,
      port,
      id: createHash('sha1').update(`${host}:${port}`).digest('hex'),
      firstSlot: firstSlot(i),
      lastSlot: firstSlot(i + 1) - 1,
    }));
  }

  /** The one that a client came to. Where it is announced by another address than it has: the first. */
  nodeAt(local: string): ClusterNode {
    return this.nodes.find(({ host, port }) => `${host}:${port}` === local) ?? this.nodes[0];
  }
}

/** Of what stands in the first braces, where that is anything; else of the whole key. */
export function slotOf(key: Uint8Array): number {
  const opening = key.indexOf(OPENING_BRACE);
  const closing = opening < 0 ? -1 : key.indexOf(CLOSING_BRACE, opening);
  return crc16(closing > opening + 1 ? key.subarray(opening + 1, closing) : key) % SLOTS;
}

/** CRC-16/XMODEM, as the Redis Cluster specification has it. Not for the hot path. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc;
}
