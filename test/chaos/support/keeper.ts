import type { Fault } from '../../support/faults.js';
import type { RelayedShard } from '../../support/relayed-shard.js';

/** Who sees that a shard's primary is gone, and has a replica take its place. */
export interface Keeper {
  /** Lines of a pool whose only shard is kept. */
  readonly pool: readonly string[];
  /** Resolves when it looks out, with what follows a fault. */
  watch(): Promise<(fault: Fault, struckAt: number) => Promise<Allowance>>;
  /** Resolves when it sees all servers as they are, and would act. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** How long writes may wait for a new primary, in ms. */
export interface Allowance {
  readonly from: 'fault' | 'verdict';
  /** When that was, by `performance.now()`. */
  readonly since: number;
  readonly limit: number;
}

export interface KeeperKind {
  readonly name: string;
  /** @param proxies how many there will be before the shard. */
  start(shard: RelayedShard, proxies: number): Promise<Keeper>;
}
