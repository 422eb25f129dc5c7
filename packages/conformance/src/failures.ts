import type { Failure } from '@shardmux/plugin-api';

/** All that there are: one that joins them is missed here by the compiler. */
export const FAILURES = Object.keys({
  refused: true,
  timeout: true,
  closed: true,
  unresolved: true,
  garbage: true,
  crossSlot: true,
  overflow: true,
  misrouted: true,
  maxClients: true,
  privateLinks: true,
  noReplica: true,
  broken: true,
} satisfies Record<Failure, true>) as Failure[];
