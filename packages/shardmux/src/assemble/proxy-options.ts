import type { TcpEndpoint } from '@shardmux/config-file';
import type { Logger } from '@shardmux/core';
import { ConfigError, type Endpoint, type RealmPeers } from '@shardmux/plugin-api';
import type { Admission, ProxyServerOptions } from '@shardmux/proxy';
import type { PoolConfig } from '../config/normalised.js';
import type { PoolParts } from './pool-parts.js';

/** Which part of the pool this process serves. */
export interface Placement {
  readonly admission: Admission;
  /** The other parts; `null` where this is all of it. */
  readonly peers: RealmPeers | null;
  readonly firstId: number;
}

/**
 * What the proxy of a pool is built of.
 * @param endpoint where it listens.
 */
export function proxyOptions(
  { config, transport, access }: PoolParts,
  endpoint: Endpoint,
  { admission, peers, firstId }: Placement,
  logger: Logger,
): ProxyServerOptions {
  return {
    transport,
    endpoint,
    listen: {
      backlog: config.backlog,
      keepAlive: config.keepAlive.client,
      noDelay: config.noDelay,
      proxyProtocol: config.proxyProtocol,
    },
    limits: config.limits,
    realm: {
      ...access.users,
      ...(config.deny && { deny: config.deny }),
      ...(access.files.length > 0 && { reload: () => access.reload() }),
      maxClients: config.limits.maxClients,
      cluster: announced(config),
      peers,
      firstId,
    },
    admission,
    logger,
  };
}

/** Where cluster clients are to connect, `null` where the pool is no cluster to them. */
function announced({ name, listen, cluster }: PoolConfig): readonly TcpEndpoint[] | null {
  if (cluster === null || cluster.announce.length > 0) return cluster?.announce ?? null;
  if (listen?.kind === 'tcp') return [listen];
  throw new ConfigError(
    'SHARDMUX_CONFIG_CLUSTER',
    `pool "${name}" cannot be a cluster on a unix socket: give it "cluster.announce"`,
  );
}
