import type { Codec } from '@shardmux/plugin-api';
import type { ServerNode } from '../dispatch/server-node.js';
import type { SplitPool } from '../fanout/split-pool.js';
import type { RouteTable } from '../routing/route-table.js';
import type { Watch } from '../telemetry/watch.js';

/** Where a session's requests go: what it must know of a pool. */
export interface Destination {
  /** In force just now; `null` where no node is in service. */
  readonly table: RouteTable<ServerNode> | null;
  readonly codec: Codec;
  readonly counters: Float64Array;
  readonly splits: SplitPool;
  /** `null` while nobody watches single commands. */
  readonly watch: Watch | null;
}
