import { entriesOf, hasMembers, memberOf } from '@shardmux/config-file';

/** What goes with a topology, and a pool has unless it says otherwise. */
const DEFAULTS: Readonly<Record<string, object>> = {
  // Its servers refuse keys of other servers' slots, and commands whose keys lie in several slots.
  'redis-cluster': { hash: 'redis-cluster', distribution: { use: 'slots', splitBy: 'slot' } },
};

/** A configuration as it was written, and with what goes with the topologies of its pools. */
export function withTopologyDefaults(config: unknown): unknown {
  const pools = memberOf(config, 'pools');
  if (!hasMembers(config) || !hasMembers(pools) || Array.isArray(pools)) return config;
  const completed = entriesOf(pools).map(([name, pool]) => [name, completePool(pool)]);
  return { ...config, pools: Object.fromEntries(completed) };
}

function completePool(pool: unknown): unknown {
  const use = String(memberOf(memberOf(pool, 'topology'), 'use'));
  return hasMembers(pool) && Object.hasOwn(DEFAULTS, use) ? { ...DEFAULTS[use], ...pool } : pool;
}
