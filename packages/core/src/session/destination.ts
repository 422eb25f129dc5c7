import type { ChannelPlacement, Codec, DecodedCommand, Errand } from '@shardmux/plugin-api';
import type { LinkClasses } from '../dispatch/link-classes.js';
import type { PrivateLinks } from '../dispatch/private-links.js';
import type { ServerNode } from '../dispatch/server-node.js';
import type { Engine } from '../engine.js';
import type { SplitPool } from '../fanout/split-pool.js';
import type { Logger } from '../logger.js';
import type { PoolReads } from '../reads/pool-reads.js';
import type { RouteTable } from '../routing/route-table.js';
import type { SubscriptionHub } from '../subscriptions/hub.js';
import type { Watch } from '../telemetry/watch.js';

/** Where a session's requests go: what it must know of a pool. */
export interface Destination {
  /** In force just now; `null` where no node is in service. */
  readonly table: RouteTable<ServerNode> | null;
  /** `null`: all reads go to primaries. */
  readonly reads: PoolReads | null;
  readonly engine: Engine;
  readonly codec: Codec;
  readonly linkClasses: LinkClasses;
  readonly privateLinks: PrivateLinks;
  /** `null` where the codec has none. */
  readonly subscriptions: SubscriptionHub | null;
  readonly channels: ChannelPlacement;
  readonly logger: Logger;
  /** No session uses links of this class any more, should it be one session's own. */
  retire(linkClass: number): void;
  readonly counters: Float64Array;
  readonly splits: SplitPool;
  /** `null` while nobody watches single commands. */
  readonly watch: Watch | null;
  /** As an errand's host has it. */
  doubt(): Promise<boolean>;
  /** For a command whose keys lie on several servers. `null`: it is refused. */
  gather(command: DecodedCommand): Errand | null;
}
