import type { DecodedCommand, Splitter } from '@shardmux/plugin-api';
import { MISROUTED, type RouteTable } from '../routing/route-table.js';

/** Keys, and fragments, that are kept room for at rest. */
const KEPT_KEYS = 256;
const KEPT_FRAGMENTS = 16;

/**
 * Which keys of a command go to which node.
 *
 *   keys     a  b  c  d              fragments     0      1
 *   nodes    2  0  2  2      ──►     node          2      0        numbered in the order in which they are met
 *                                    keys          a c d  b
 *
 * Keys are grouped by their node, or by their slot where servers refuse keys of several slots.
 */
export class KeyGroups {
  keyCount = 0;
  fragmentOfKey = new Uint16Array(KEPT_KEYS);
  /** By fragment: its node, how many keys it has, and how many bytes their parts have together. */
  nodeOf = new Uint16Array(KEPT_FRAGMENTS);
  parts = new Uint32Array(KEPT_FRAGMENTS);
  partBytes = new Uint32Array(KEPT_FRAGMENTS);
  /** By group, a node or a slot: its fragment, or -1. And by fragment its group. */
  #fragmentOf = new Int32Array(KEPT_FRAGMENTS).fill(-1);
  #groupOf = new Uint32Array(KEPT_FRAGMENTS);

  /** Notes for each key where it goes; returns how many fragments there are, or MISROUTED. */
  group(splitter: Splitter, table: RouteTable<unknown>, command: DecodedCommand): number {
    const { keyCount } = command;
    this.#makeRoom(keyCount, table.splitsBySlot ? table.partitions : table.nodes.length);
    this.keyCount = keyCount;
    let count = 0;
    let key = 0;
    for (; key < keyCount; key++) {
      const node = table.locate(command.bytes, command.keyStart(key), command.keyEnd(key));
      if (node < 0) break;
      const group = table.splitsBySlot ? slotOf(table, command, key) : node;
      let fragment = this.#fragmentOf[group];
      if (fragment < 0) {
        fragment = count++;
        this.#fragmentOf[group] = fragment;
        this.#groupOf[fragment] = group;
        this.nodeOf[fragment] = node;
        this.parts[fragment] = 0;
        this.partBytes[fragment] = 0;
      }
      this.fragmentOfKey[key] = fragment;
      this.parts[fragment]++;
      this.partBytes[fragment] += splitter.partEnd(command, key) - splitter.partStart(command, key);
    }
    // Only what was used is wiped: there may be many thousand slots.
    for (let fragment = 0; fragment < count; fragment++) this.#fragmentOf[this.#groupOf[fragment]] = -1;
    return key < keyCount ? MISROUTED : count;
  }

  /** Every node is a fragment, without keys of its own. */
  takeAll(nodes: number): void {
    this.#makeRoom(nodes, nodes);
    this.keyCount = 0;
    for (let node = 0; node < nodes; node++) {
      this.nodeOf[node] = node;
      this.parts[node] = 0;
    }
  }

  #makeRoom(keys: number, groups: number): void {
    if (keys > this.fragmentOfKey.length) this.fragmentOfKey = new Uint16Array(keys * 2);
    if (groups > this.#fragmentOf.length) this.#fragmentOf = new Int32Array(groups).fill(-1);
    const fragments = Math.min(keys, groups);
    if (fragments > this.nodeOf.length) this.#resize(fragments);
  }

  /** Lets go of room that only a very large command needed. */
  trim(): void {
    if (this.fragmentOfKey.length > KEPT_KEYS) this.fragmentOfKey = new Uint16Array(KEPT_KEYS);
    if (this.nodeOf.length > KEPT_KEYS) this.#resize(KEPT_FRAGMENTS);
  }

  #resize(fragments: number): void {
    this.#groupOf = new Uint32Array(fragments);
    this.nodeOf = new Uint16Array(fragments);
    this.parts = new Uint32Array(fragments);
    this.partBytes = new Uint32Array(fragments);
  }
}

function slotOf(table: RouteTable<unknown>, command: DecodedCommand, key: number): number {
  return table.partitionOf(table.hashOf(command.bytes, command.keyStart(key), command.keyEnd(key)));
}
