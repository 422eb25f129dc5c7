import type { PoolConfig } from './normalised.js';
import type { CheckedPool } from './schema.js';

/** Gives a pool that passed the schema its final form. */
export function normalisePool(name: string, { servers, topology, ...pool }: CheckedPool): PoolConfig {
  return { ...pool, name, topology: topology ?? { use: 'file', options: { servers } } };
}
