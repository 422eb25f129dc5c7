/** A node as a distribution sees it. */
export interface DistributionNode {
  /** Unique and stable: points on a ring are derived from it. */
  readonly name: string;
  /** A positive integer. */
  readonly weight: number;
  /** The slots that the topology gives it, where it names them; of use to distributions that have slots. */
  readonly slots?: readonly SlotRange[] | undefined;
}

/** Slots `first` to `last`, both included. */
export interface SlotRange {
  readonly first: number;
  readonly last: number;
}

/** Builds the map from hashes to nodes. Pure: the same nodes in any order give every key the same node. */
export interface DistributionStrategy {
  /**
   * @param nodes at least one, names unique. Not to be changed nor kept.
   * @throws {ConfigError} where the nodes contradict each other: the map in force stays.
   */
  build(nodes: readonly DistributionNode[]): Distribution;
}

/** An immutable map from hashes to nodes, compiled once per change of topology and read for every request. */
export interface Distribution {
  /** What the keys of a split command are grouped by: `slot` where servers refuse keys of several slots. */
  readonly splitBy: 'node' | 'slot';
  /** How many partitions (points, buckets, slots) there are: at least 1. */
  readonly partitions: number;
  /** The partition of a uint32 hash, in `[0, partitions)`. */
  partition(hash: number): number;
  /** Index, in the `nodes` given to `build`, of the node that owns a uint32 hash. No allocation. */
  locate(hash: number): number;
}
