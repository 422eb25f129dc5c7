import type { Logger } from '@shardmux/core';
import type { PoolParts } from './pool-parts.js';
import { Reloader } from './reloader.js';

/** What keeps a pool's certificates as their files are; `null` where it has none. */
export function certificatesOf({ config, transport }: PoolParts, logger: Logger): Reloader | null {
  const { certificates } = transport;
  return certificates === undefined
    ? null
    : new Reloader(`pool ${config.name}: certificates`, certificates, logger);
}
