import type { Distribution, DistributionNode, DistributionStrategy } from '@shardmux/plugin-api';
import type { Culprit } from './culprit.js';

/** From end to end of the 32 bits, the ends included. */
const SAMPLES = Array.from({ length: 64 }, (_, i) => Math.round((i * 0xffffffff) / 63));

/** Tries every table that a plugin builds, before the engine reads it for each request without a look. */
export class GuardedDistribution implements DistributionStrategy {
  readonly #strategy: DistributionStrategy;
  readonly #culprit: Culprit;

  constructor(strategy: DistributionStrategy, culprit: Culprit) {
    this.#strategy = strategy;
    this.#culprit = culprit;
  }

  /** @throws {PluginError} `SHARDMUX_PLUGIN_FAILED` with what the plugin threw, `SHARDMUX_PLUGIN_BROKEN`. */
  build(nodes: readonly DistributionNode[]): Distribution {
    const [distribution, fault] = this.#try(nodes);
    if (fault !== null) throw this.#culprit.broke(fault);
    return distribution;
  }

  #try(nodes: readonly DistributionNode[]): [Distribution, fault: string | null] {
    try {
      const distribution = this.#strategy.build(nodes);
      return [distribution, faultOf(distribution, nodes.length)];
    } catch (cause) {
      throw this.#culprit.failed(`cannot be built for ${nodes.length} nodes`, cause);
    }
  }
}

function faultOf(distribution: Distribution, nodes: number): string | null {
  const { splitBy, partitions } = distribution;
  if (splitBy !== 'node' && splitBy !== 'slot')
    return `must split by "node" or "slot", not ${String(splitBy)}`;
  if (!Number.isSafeInteger(partitions) || partitions < 1) {
    return `must have one partition or more, not ${String(partitions)}`;
  }
  for (const hash of SAMPLES) {
    const index = distribution.locate(hash);
    if (!isIndex(index, nodes)) return `must locate hash ${hash} at one of ${nodes} nodes, not at ${index}`;
    const partition = distribution.partition(hash);
    if (!isIndex(partition, partitions)) {
      return `must put hash ${hash} into one of ${partitions} partitions, not into ${partition}`;
    }
  }
  return null;
}

function isIndex(value: number, length: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < length;
}
