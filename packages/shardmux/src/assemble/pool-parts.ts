import type {
  Codec,
  DistributionStrategy,
  FailoverPolicy,
  HashFunction,
  Telemetry,
  TopologySource,
  Transport,
} from '@shardmux/plugin-api';
import type { PoolConfig } from '../config/normalised.js';

/** A pool's configuration with every plugin that it names, created with its options. */
export interface PoolParts {
  readonly config: PoolConfig;
  readonly hash: HashFunction;
  readonly distribution: DistributionStrategy;
  readonly topology: TopologySource;
  readonly failover: FailoverPolicy | null;
  readonly transport: Transport;
  readonly codec: Codec;
  readonly telemetry: readonly Telemetry[];
}
