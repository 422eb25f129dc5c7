import { API_VERSION, definePlugin, type Plugin } from '@shardmux/plugin-api';
import { optionsSchema, type RedisClusterOptions } from './options.js';
import { RedisClusterTopology } from './redis-cluster-topology.js';

export { ClusterError } from './cluster-error.js';
export type { RedisClusterOptions };
export { RedisClusterTopology };

export const plugins: readonly Plugin<'topology', RedisClusterOptions>[] = [
  definePlugin({
    kind: 'topology',
    name: 'redis-cluster',
    apiVersion: API_VERSION,
    optionsSchema,
    paths: ['cache'],
    create: (options) => new RedisClusterTopology(options),
  }),
];
