import { startSentinels } from '@shardmux/testing';
import { verdictOn } from '../../support/switch-master.js';
import type { Fault } from './faults.js';
import type { RelayedShard } from './relayed-shard.js';

/** Who sees that a shard's primary is gone, and has a replica take its place. */
export interface Keeper {
  /** Lines of a pool whose only shard is kept. */
  readonly pool: readonly string[];
  /** Resolves when it looks out, with what follows a fault. */
  watch(): Promise<(fault: Fault, struckAt: number) => Promise<Allowance>>;
  /** Resolves when it knows all servers as they are, and would act. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** How long writes may wait for a new primary. In ms, times of `performance.now()`. */
export interface Allowance {
  readonly from: 'fault' | 'verdict';
  readonly since: number;
  readonly limit: number;
}

export interface KeeperKind {
  readonly name: string;
  start(shard: RelayedShard): Promise<Keeper>;
}

const MASTER = 'shard';
/** How long a server may be silent, in ms: longer than one that has to share its core with many. */
const DOWN_AFTER = 1_000;

export const keepers: readonly KeeperKind[] = [{ name: 'Sentinel', start: startSentinelKeeper }];

async function startSentinelKeeper({ members }: RelayedShard): Promise<Keeper> {
  const [primary, ...replicas] = members.map(({ relay }) => relay);
  const sentinels = await startSentinels({
    masters: { [MASTER]: primary },
    replicas: replicas.length,
    downAfter: DOWN_AFTER,
  });
  const addresses = sentinels.members.map(({ host, port }) => `"${host}:${port}"`).join(', ');
  return {
    pool: [`topology: { use: sentinel, sentinels: [${addresses}], masters: [${MASTER}] }`],
    watch: async () => {
      const verdict = await verdictOn(MASTER, sentinels);
      return async () => ({ from: 'verdict', since: await verdict.time, limit: 500 });
    },
    settled: () => sentinels.settled(),
    stop: () => sentinels.stop(),
  };
}
