import type {
  DecodedCommand,
  Distribution,
  DistributionNode,
  DistributionStrategy,
  HashFunction,
} from '@shardmux/plugin-api';
import type { HashTag } from './hash-tag.js';

/** What a table is compiled from; `tag` is `null` where whole keys are hashed. */
export interface RouteRule {
  readonly hash: HashFunction;
  readonly tag: HashTag | null;
  readonly distribution: DistributionStrategy;
}

/**
 * Maps key bytes to one of the nodes it was compiled from. Immutable: a change of topology or an ejection compiles
 * another, and one assignment puts it in force.
 */
export class RouteTable<Node extends DistributionNode> {
  readonly nodes: readonly Node[];
  readonly #hash: HashFunction;
  readonly #tag: HashTag | null;
  readonly #distribution: Distribution;

  /** @param nodes those in service: at least one. */
  constructor(nodes: readonly Node[], rule: RouteRule) {
    this.nodes = nodes;
    this.#hash = rule.hash;
    this.#tag = rule.tag;
    this.#distribution = rule.distribution.build(nodes);
  }

  /** Index into `nodes` of the owner of key `[start, end)`. */
  locate(bytes: Uint8Array, start: number, end: number): number {
    if (this.nodes.length === 1) return 0;
    return this.#distribution.locate(this.hashOf(bytes, start, end));
  }

  /** Index of the one owner of all of a command's keys, or -1 where they have several. */
  locateAll(command: DecodedCommand): number {
    const { bytes, keyCount } = command;
    if (this.nodes.length === 1) return 0;
    const owner = this.locate(bytes, command.keyStart(0), command.keyEnd(0));
    for (let key = 1; key < keyCount; key++) {
      if (this.locate(bytes, command.keyStart(key), command.keyEnd(key)) !== owner) return -1;
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
