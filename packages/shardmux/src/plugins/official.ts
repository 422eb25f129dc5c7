import { type Plugin, PluginError } from '@shardmux/plugin-api';
import { plugins as embedded } from '@shardmux/plugin-coordination-embedded';
import { plugins as etcd } from '@shardmux/plugin-coordination-etcd';
import { plugins as zookeeper } from '@shardmux/plugin-coordination-zookeeper';
import { plugins as modernDistributions } from '@shardmux/plugin-distribution-modern';
import { plugins as slots } from '@shardmux/plugin-distribution-slots';
import { plugins as distributions } from '@shardmux/plugin-distribution-twemproxy';
import { plugins as failover } from '@shardmux/plugin-failover-ejection';
import { plugins as promotion } from '@shardmux/plugin-failover-promotion';
import { plugins as modernHashes } from '@shardmux/plugin-hash-modern';
import { plugins as slotHashes } from '@shardmux/plugin-hash-slots';
import { plugins as hashes } from '@shardmux/plugin-hash-twemproxy';
import { plugins as reads } from '@shardmux/plugin-reads-standard';
import { plugins as telemetry } from '@shardmux/plugin-telemetry-opentelemetry';
import { plugins as topology } from '@shardmux/plugin-topology-file';
import { plugins as redisCluster } from '@shardmux/plugin-topology-redis-cluster';
import { plugins as sentinel } from '@shardmux/plugin-topology-sentinel';
import { plugins as ioredis } from '@shardmux/plugin-transport-ioredis';
import { plugins as tcp } from '@shardmux/plugin-transport-tcp';
import { plugins as codec } from '@shardmux/resp';
import { PluginRegistry } from './registry.js';

const plugins: readonly Plugin[] = [
  ...hashes,
  ...modernHashes,
  ...slotHashes,
  ...distributions,
  ...modernDistributions,
  ...slots,
  ...topology,
  ...redisCluster,
  ...sentinel,
  ...failover,
  ...promotion,
  ...embedded,
  ...etcd,
  ...zookeeper,
  ...reads,
  ...telemetry,
  ...tcp,
  ...ioredis,
  ...codec,
];

/** The plugins that come with this package. */
export const officialPlugins = new PluginRegistry(plugins);

/**
 * The official plugins and others.
 * @throws {PluginError} as the registry's constructor, and for what is no list.
 */
export function withPlugins(plugins: readonly Plugin[] = []): PluginRegistry {
  // Types bind nobody who calls from JavaScript.
  if (!Array.isArray(plugins)) {
    throw new PluginError('SHARDMUX_PLUGIN_INVALID', 'plugins must be a list: { plugins: [myPlugin] }');
  }
  return plugins.length === 0 ? officialPlugins : new PluginRegistry(plugins, officialPlugins);
}
