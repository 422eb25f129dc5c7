import type { ChannelPlacement, Codec, DecodedCommand, Errand } from '@shardmux/plugin-api';
import type { LinkClasses } from '../dispatch/link-classes.js';
import type { ErrandPool } from '../errand/errand-pool.js';
import type { SplitPool } from '../fanout/split-pool.js';
import type { PoolReads } from '../reads/pool-reads.js';
import type { Watch } from '../telemetry/watch.js';

/** Where a session's requests go: what it must know of a pool. */
export interface Destination extends ErrandPool {
  /** `null`: all reads go to primaries. */
  readonly reads: PoolReads | null;
  readonly codec: Codec;
  readonly linkClasses: LinkClasses;
  readonly channels: ChannelPlacement;
  /** No session uses links of this class any more, should it be one session's own. */
  retire(linkClass: number): void;
  readonly counters: Float64Array;
  readonly splits: SplitPool;
  /** `null` while nobody watches single commands. */
  readonly watch: Watch | null;
  /** For a command whose keys lie on several servers. `null`: it is refused. */
  gather(command: DecodedCommand): Errand | null;
}
