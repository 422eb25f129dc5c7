import { exponentialBackoff, HashTag, type Logger, type PoolOptions, type RouteRule } from '@shardmux/core';
import type { LinkCredentials } from '@shardmux/plugin-api';
import type { PoolParts } from './pool-parts.js';

/** How a pool's keys find their servers. */
export function routeRule({ config, hash, distribution }: PoolParts): RouteRule {
  const { hashTag } = config;
  return {
    hash,
    tag: hashTag === null ? null : new HashTag(hashTag.open, hashTag.close),
    distribution,
    plugins: `hash "${config.hash.use}" or distribution "${config.distribution.use}"`,
  };
}

/** What a pool is built of, whether a proxy or a client uses it: so both route alike. */
export function poolOptions(
  { config, ...parts }: PoolParts,
  logger: Logger,
): Omit<Required<PoolOptions>, 'offline' | 'reopens' | 'preconnect'> {
  const { reconnect } = config;
  const { preferences = {} } = parts.transport;
  return {
    name: config.name,
    rule: routeRule({ config, ...parts }),
    topology: parts.topology,
    failover: parts.failover,
    coordination: parts.coordination,
    reads: parts.reads,
    zone: config.zone,
    transport: parts.transport,
    codec: parts.codec,
    connect: {
      connectTimeout: config.connectTimeout,
      keepAlive: config.keepAlive.server,
      noDelay: config.noDelay,
    },
    credentials: credentialsOf({ config, ...parts }),
    connections: config.serverConnections,
    timeout: config.timeout,
    reconnect: preferences.reconnect ?? exponentialBackoff(reconnect.min, reconnect.max),
    maxLinkBytes: config.limits.maxLinkBytes,
    channels: config.channels,
    maxPrivateLinks: config.limits.maxPrivateLinks,
    crossShard: config.crossShard,
    retryReads: config.retry === 'idempotent',
    observe: parts.telemetry.map((telemetry) => (pool) => telemetry.observe(pool)),
    logger,
  };
}

/** A password may be another by the next connection. */
function credentialsOf({ config, access, transport }: PoolParts): LinkCredentials {
  return {
    username: null,
    get password() {
      return access.users.password;
    },
    database: config.database,
    name: null,
    ...transport.preferences?.credentials,
  };
}
