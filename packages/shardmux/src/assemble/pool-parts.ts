import type {
  Codec,
  CoordinationStore,
  DistributionStrategy,
  FailoverPolicy,
  HashFunction,
  ReadPolicy,
  Telemetry,
  TopologySource,
  Transport,
} from '@shardmux/plugin-api';
import type { PoolConfig } from '../config/normalised.js';
import type { PoolAccess } from './pool-access.js';

/** A pool's configuration with every plugin that it names, created with its options. */
export interface PoolParts {
  readonly config: PoolConfig;
  readonly access: PoolAccess;
  readonly hash: HashFunction;
  readonly distribution: DistributionStrategy;
  readonly topology: TopologySource;
  readonly failover: FailoverPolicy | null;
  readonly reads: ReadPolicy;
  readonly transport: Transport;
  readonly codec: Codec;
  readonly coordination: CoordinationStore | null;
  readonly telemetry: readonly Telemetry[];
}
