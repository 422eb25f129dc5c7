import { API_VERSION, definePlugin, type Plugin } from '@shardmux/plugin-api';
import { StoredTopology } from '@shardmux/plugin-topology-file';
import { type EtcdOptions, EtcdStore } from './etcd-store.js';
import type { GatewayOptions } from './gateway.js';
import { storeOptions, topologyOptions } from './options.js';

export type { EtcdOptions };
export { EtcdStore };

export interface EtcdTopologyOptions extends GatewayOptions {
  /** Of the document with the servers. */
  readonly key: string;
  /** Where the last good servers are kept, for a start at which etcd is away; left out: nowhere. */
  readonly cache?: string | undefined;
}

const coordination: Plugin<'coordination', EtcdOptions> = definePlugin({
  kind: 'coordination',
  name: 'etcd',
  apiVersion: API_VERSION,
  optionsSchema: storeOptions,
  create: (options) => new EtcdStore(options),
});

const topology: Plugin<'topology', EtcdTopologyOptions> = definePlugin({
  kind: 'topology',
  name: 'etcd',
  apiVersion: API_VERSION,
  optionsSchema: topologyOptions,
  paths: ['cache'],
  create({ key, cache, ...options }) {
    return new StoredTopology(new EtcdStore({ ...options, prefix: '' }), { key, name: `etcd ${key}`, cache });
  },
});

export const plugins = [coordination, topology] as const;
