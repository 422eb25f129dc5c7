import { startSentinels } from '@shardmux/testing';
import type { RelayedShard } from '../../support/relayed-shard.js';
import { verdictOn } from '../../support/switch-master.js';
import type { Keeper } from './keeper.js';

const MASTER = 'shard';
/** How long a server may be silent, in ms, as our own promotion has it: one that shares its core with many is so at times. */
const DOWN_AFTER = 2_500;
/** From the verdict to the first write on the new primary, in ms. */
const LIMIT = 500;

/** Three Sentinels, which reach the servers by their relays. */
export async function startSentinel({ members }: RelayedShard): Promise<Keeper> {
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
      return async () => ({ from: 'verdict', since: await verdict.time, limit: LIMIT });
    },
    settled: () => sentinels.settled(),
    stop: () => sentinels.stop(),
  };
}
