import { API_VERSION, definePlugin, type Plugin } from '@shardmux/plugin-api';
import { type EtcdOptions, EtcdStore } from './etcd-store.js';
import { storeOptions } from './options.js';

export type { EtcdOptions };
export { EtcdStore };

export const plugins: readonly Plugin<'coordination', EtcdOptions>[] = [
  definePlugin({
    kind: 'coordination',
    name: 'etcd',
    apiVersion: API_VERSION,
    optionsSchema: storeOptions,
    create: (options) => new EtcdStore(options),
  }),
];
