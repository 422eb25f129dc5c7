import { posix } from 'node:path';
import { API_VERSION, definePlugin, type Plugin } from '@shardmux/plugin-api';
import { StoredTopology } from '@shardmux/plugin-topology-file';
import type { Server } from './connection.js';
import { storeOptions, topologyOptions } from './options.js';
import { type ZooKeeperOptions, ZooKeeperStore } from './zookeeper-store.js';

export type { Server, ZooKeeperOptions };
export { ZooKeeperStore };

export interface ZooKeeperTopologyOptions extends Omit<ZooKeeperOptions, 'prefix'> {
  /** Of the node with the servers. */
  readonly path: string;
  /** Where the last good servers are kept, for a start at which ZooKeeper is away; left out: nowhere. */
  readonly cache?: string | undefined;
}

const coordination: Plugin<'coordination', ZooKeeperOptions> = definePlugin({
  kind: 'coordination',
  name: 'zookeeper',
  apiVersion: API_VERSION,
  optionsSchema: storeOptions,
  create: (options) => new ZooKeeperStore(options),
});

const topology: Plugin<'topology', ZooKeeperTopologyOptions> = definePlugin({
  kind: 'topology',
  name: 'zookeeper',
  apiVersion: API_VERSION,
  optionsSchema: topologyOptions,
  paths: ['cache'],
  create({ path, cache, ...options }) {
    const store = new ZooKeeperStore({ ...options, prefix: posix.dirname(path) });
    return new StoredTopology(store, { key: posix.basename(path), name: `ZooKeeper ${path}`, cache });
  },
});

export const plugins = [coordination, topology] as const;
