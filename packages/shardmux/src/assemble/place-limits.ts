import type { PlaceLimits } from '@shardmux/proxy';
import type { PoolConfig } from '../config/normalised.js';

/** How many clients a pool's configuration allows. */
export function placeLimits({ limits }: PoolConfig): PlaceLimits {
  const { maxClients: pool, maxConnectionsPerAddress: address, maxConnectionsPerUser: user } = limits;
  return { pool, address, user };
}
