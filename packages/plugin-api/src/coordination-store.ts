/** What stands under a key. */
export interface CoordinationEntry {
  /** Any text but the empty one. */
  readonly value: string;
  /** Opaque. Another one after every write, also after one of the same value. */
  readonly version: string;
}

export interface CoordinationListener {
  /** The store is out of reach. Told once per outage; the message says why, and of which address. */
  away(error: Error): void;
  /** It can be reached again. */
  back(): void;
}

/** Keys that stand as long as the one who put them is alive. */
export interface Lease {
  /** By the holder's own clock: false before the store may let go of the keys. */
  readonly isLive: boolean;
  /**
   * Puts a key that vanishes with the lease, whatever stood there. It is its holder's: nobody else sets or deletes it.
   * @throws {CoordinationError} `SHARDMUX_COORDINATION_LEASE` where the lease has ended.
   */
  put(key: string, value: string): Promise<void>;
  /** Its keys vanish at once, or by their time where the store is away. May be called twice. */
  end(): Promise<void>;
}

/**
 * What participants agree by: a few small texts under keys, in a place that all of them see. Experimental.
 *
 * Keys are texts of letters, digits and `/ . _ : -`, such as `epochs/proxy-1`, relative to a place that the store's
 * options name. All that is read is what the last write before it left.
 *
 * Every call rejects with a `CoordinationError`, within seconds: `SHARDMUX_COORDINATION_AWAY`,
 * `SHARDMUX_COORDINATION_REFUSED`, `SHARDMUX_COORDINATION_STOPPED`. A write that was rejected because the store is away
 * may have been done nonetheless: read again.
 */
export interface CoordinationStore {
  /** Whether other processes see its keys. False: only who is in this one. */
  readonly isShared: boolean;
  /** Begins to connect, in the background. While something is watched or leased, the store is tried all the time. */
  start(listener: CoordinationListener): void;
  /** Ends its leases and watches. No call is open and nothing is told after it resolves. May be called twice. */
  stop(): Promise<void>;
  get(key: string): Promise<CoordinationEntry | null>;
  /** All keys that begin with the prefix. Each entry is current, but not all need be of one moment. */
  list(prefix: string): Promise<ReadonlyMap<string, CoordinationEntry>>;
  /**
   * Sets a key if it has the expected version, `null` for a key that is not there.
   * @returns the new version, or `null` where another was there.
   */
  compareAndSet(key: string, expected: string | null, value: string): Promise<string | null>;
  /** Deletes a key if it has the expected version. */
  compareAndDelete(key: string, expected: string): Promise<boolean>;
  /**
   * Calls `changed` when something under the prefix may have changed: at the beginning, at every change, and whenever
   * the store is back. Whoever reads then misses nothing for good.
   * @returns ends it: nothing is told any more.
   */
  watch(prefix: string, changed: () => void): () => void;
  /**
   * @param ttl how long the keys outlive their holder, in ms: from 1,000. A store may round it up.
   * @param onLost the lease has ended by itself: told once, `ttl` after the last sign of the store at the latest. Other
   *   participants may then take it that this one is gone, so it must act as if it were.
   */
  lease(ttl: number, onLost: () => void): Promise<Lease>;
}
