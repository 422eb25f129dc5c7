import type { TcpEndpoint } from '@shardmux/config-file';

/** What one Sentinel says. */
export interface SentinelView {
  /** Of the Sentinel, by whatever address it is asked. */
  readonly id: string;
  /** By name: those that it watches. */
  readonly masters: ReadonlyMap<string, MasterView>;
}

/** A primary and those around it. Addresses are those at which they are reached from here. */
export interface MasterView {
  /** Grows with every failover that a Sentinel has won: whoever says the highest knows best. */
  readonly epoch: number;
  readonly primary: TcpEndpoint;
  /** Those alone that are good copies. */
  readonly replicas: readonly TcpEndpoint[];
  /** The other Sentinels that watch it. */
  readonly others: readonly TcpEndpoint[];
}
