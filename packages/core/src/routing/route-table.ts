import type {
  Distribution,
  DistributionNode,
  DistributionStrategy,
  HashFunction,
  KeyRanges,
} from '@shardmux/plugin-api';
import type { HashTag } from './hash-tag.js';

/** What a table is compiled from; `tag` is `null` where whole keys are hashed. */
export interface RouteRule {
  readonly hash: HashFunction;
  readonly tag: HashTag | null;
  readonly distribution: DistributionStrategy;
  /** Which plugins they are of, for errors; left out: nobody knows. */
  readonly plugins?: string;
}

/** Instead of a node: a plugin is broken; the keys have several owners. */
export const MISROUTED = -1;
export const CROSS_NODE = -2;

/** Any key will do for a command that has none; this one is Twemproxy's choice. */
const PLACEHOLDER = Buffer.from('placeholder');

/**
 * Maps key bytes to one of the nodes it was compiled from. Immutable: a change of topology or an ejection compiles
 * another, and one assignment puts it in force.
 */
export class RouteTable<Node> {
  readonly nodes: readonly Node[];
  readonly #hash: HashFunction;
  readonly #tag: HashTag | null;
  readonly #distribution: Distribution;

  /** Whether a split command is to have a fragment per partition, and not per node. */
  readonly splitsBySlot: boolean;
  readonly #onFault: (fault: unknown) => void;

  /**
   * @param nodes those in service: at least one.
   * @param descriptions of the nodes, in their order: what they are placed by.
   * @param onFault told when the hash or the distribution breaks its promise.
   */
  constructor(
    nodes: readonly Node[],
    descriptions: readonly DistributionNode[],
    rule: RouteRule,
    onFault: (fault: unknown) => void = () => {},
  ) {
    this.nodes = nodes;
    this.#onFault = onFault;
    this.#hash = rule.hash;
    this.#tag = rule.tag;
    this.#distribution = rule.distribution.build(descriptions);
    this.splitsBySlot = this.#distribution.splitBy === 'slot';
  }

  get partitions(): number {
    return this.#distribution.partitions;
  }

  /** Index into `nodes` of the owner of key `[start, end)`, or `MISROUTED`. */
  locate(bytes: Uint8Array, start: number, end: number): number {
    if (this.nodes.length === 1) return 0;
    try {
      const hash = this.hashOf(bytes, start, end);
      const owner = hash >>> 0 === hash ? this.#distribution.locate(hash) : MISROUTED;
      if (this.nodes[owner] !== undefined) return owner;
      this.#onFault(`hash ${hash} leads to node ${owner} of ${this.nodes.length}`);
    } catch (fault) {
      this.#onFault(fault);
    }
    return MISROUTED;
  }

  /** Index of the one owner of all the keys, whichever where there are none, or `CROSS_NODE`, or `MISROUTED`. */
  locateAll(keys: KeyRanges): number {
    const { bytes, keyCount } = keys;
    if (this.nodes.length === 1) return 0;
    if (keyCount === 0) return this.locate(PLACEHOLDER, 0, PLACEHOLDER.length);
    const owner = this.locate(bytes, keys.keyStart(0), keys.keyEnd(0));
    for (let key = 1; key < keyCount && owner >= 0; key++) {
      if (this.locate(bytes, keys.keyStart(key), keys.keyEnd(key)) !== owner) return CROSS_NODE;
    }
    return owner;
  }

  /** The uint32 hash of a key's tag; 0 where there is nothing to hash. */
  hashOf(bytes: Uint8Array, start: number, end: number): number {
    const tag = this.#tag;
    if (tag === null) return start === end ? 0 : this.#hash(bytes, start, end);
    tag.find(bytes, start, end);
    return tag.start === tag.end ? 0 : this.#hash(bytes, tag.start, tag.end);
  }

  partitionOf(hash: number): number {
    return this.#distribution.partition(hash);
  }
}
