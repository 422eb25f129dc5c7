import { API_VERSION, definePlugin, type Plugin } from '@shardmux/plugin-api';
import type { Server } from './connection.js';
import { storeOptions } from './options.js';
import { type ZooKeeperOptions, ZooKeeperStore } from './zookeeper-store.js';

export type { Server, ZooKeeperOptions };
export { ZooKeeperStore };

export const plugins: readonly Plugin<'coordination', ZooKeeperOptions>[] = [
  definePlugin({
    kind: 'coordination',
    name: 'zookeeper',
    apiVersion: API_VERSION,
    optionsSchema: storeOptions,
    create: (options) => new ZooKeeperStore(options),
  }),
];
