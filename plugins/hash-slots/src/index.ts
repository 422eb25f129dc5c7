import { API_VERSION, definePlugin, type HashFunction, type Plugin } from '@shardmux/plugin-api';
import { codis } from './codis.js';
import { redisCluster } from './redis-cluster.js';

export { codis, redisCluster };

const functions: Readonly<Record<string, HashFunction>> = { 'redis-cluster': redisCluster, codis };

/** They bring their own rule for tags: a pool that uses one sets no `hashTag`. */
export const plugins: readonly Plugin<'hash', undefined>[] = Object.entries(functions).map(([name, hash]) =>
  definePlugin({ kind: 'hash', name, apiVersion: API_VERSION, create: () => hash }),
);
