import { API_VERSION, definePlugin, type Plugin } from '@shardmux/plugin-api';
import { type NatMap, type SentinelMaster, type SentinelOptions, sentinelOptions } from './options.js';
import { SentinelTopology } from './sentinel-topology.js';

export { SentinelError } from './sentinel-error.js';
export type { NatMap, SentinelMaster, SentinelOptions };
export { SentinelTopology };

export const plugins: readonly Plugin<'topology', SentinelOptions>[] = [
  definePlugin({
    kind: 'topology',
    name: 'sentinel',
    apiVersion: API_VERSION,
    optionsSchema: sentinelOptions,
    paths: ['cache'],
    create: (options) => new SentinelTopology(options),
  }),
];
