import type {
  ChannelPlacement,
  Codec,
  ConnectOptions,
  CoordinationStore,
  FailoverPolicy,
  LinkCredentials,
  ObservedPool,
  PoolObserver,
  ReadPolicy,
  TopologySource,
  Transport,
} from '@shardmux/plugin-api';
import type { OfflineQueue } from './dispatch/link-class.js';
import { type Backoff, exponentialBackoff } from './dispatch/reconnect.js';
import { type Logger, silent } from './logger.js';
import type { RouteRule } from './routing/route-table.js';

/** What a pool is built of. What may be left out is then as in a configuration that does not say. */
export interface PoolOptions {
  readonly name: string;
  readonly rule: RouteRule;
  readonly topology: TopologySource;
  readonly transport: Transport;
  readonly codec: Codec;
  /** `null`: a node stays in the ring whatever happens to it. */
  readonly failover?: FailoverPolicy | null;
  /** Where processes agree with one another, for a failover policy that promotes replicas; the pool's own. */
  readonly coordination?: CoordinationStore | null;
  /** Which servers of a shard are read from; left out: the primaries. */
  readonly reads?: ReadPolicy;
  /** Where this process stands, for the read policy; `null`: nowhere in particular. */
  readonly zone?: string | null;
  readonly connect?: Omit<ConnectOptions, 'readRegion'>;
  /** Looked at for each connection: its password may change. */
  readonly credentials?: LinkCredentials;
  /** Links per node. */
  readonly connections?: number;
  /** How many links may belong to single sessions, because they block or watch keys. */
  readonly maxPrivateLinks?: number;
  /** What becomes of a command whose keys lie on several servers and that cannot be split; `gather` is not atomic. */
  readonly crossShard?: 'gather' | 'refuse';
  /** On which servers channels are. */
  readonly channels?: ChannelPlacement;
  /** Open links before the first request. */
  readonly preconnect?: boolean;
  /** ms until a request is answered by an error; 0 for never. */
  readonly timeout?: number;
  readonly reconnect?: Backoff;
  /** Whether links that were lost are opened anew with no request asking for it. */
  readonly reopens?: boolean;
  /**
   * Whether requests wait for a server that cannot be reached; `null`: they are refused at once. Left out: they wait where
   * the topology can be asked who takes its place.
   */
  readonly offline?: OfflineQueue | null;
  /** Who watches: each is called once, before the pool starts. */
  readonly observe?: readonly ((pool: ObservedPool) => PoolObserver)[];
  /** Bytes in flight on one link above which its sessions are paused. */
  readonly maxLinkBytes?: number;
  readonly retryReads?: boolean;
  /** Nobody is told anything where it is left out. */
  readonly logger?: Logger;
}

/** Until their timeout. */
const FAILING_OVER: OfflineQueue = { maxAttempts: Number.POSITIVE_INFINITY, maxRequests: 100_000 };

const PRIMARIES: ReadPolicy = {
  usesReplicas: false,
  followsWrites: false,
  choose: (servers) => servers.filter(({ isPrimary }) => isPrimary),
};

export function completeOptions(options: PoolOptions): Required<PoolOptions> {
  return {
    failover: null,
    coordination: null,
    reads: PRIMARIES,
    zone: null,
    connect: { connectTimeout: 2_000, keepAlive: 300_000, noDelay: true },
    credentials: { username: null, password: null, database: 0, name: null },
    connections: 1,
    maxPrivateLinks: 1_000,
    crossShard: 'refuse',
    channels: 'hashed',
    preconnect: false,
    timeout: 5_000,
    reconnect: exponentialBackoff(50, 2_000),
    reopens: false,
    offline: options.topology.refresh === undefined ? null : FAILING_OVER,
    observe: [],
    maxLinkBytes: 64 * 2 ** 20,
    retryReads: false,
    logger: silent,
    ...options,
  };
}
