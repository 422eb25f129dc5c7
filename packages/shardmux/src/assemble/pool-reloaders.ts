import type { Logger } from '@shardmux/core';
import type { Reloadable } from '@shardmux/plugin-api';
import type { PoolParts } from './pool-parts.js';
import { Reloader } from './reloader.js';

/** What keeps a pool's certificates, users and passwords as their files are: those of them that come from files. */
export function reloadersOf({ config, transport, access }: PoolParts, logger: Logger): Reloader[] {
  const targets: readonly [what: string, target: Reloadable | undefined][] = [
    ['certificates', transport.certificates],
    ['users and passwords', access.files.length === 0 ? undefined : access],
  ];
  return targets.flatMap(([what, target]) =>
    target === undefined ? [] : [new Reloader(`pool ${config.name}: ${what}`, target, logger)],
  );
}
