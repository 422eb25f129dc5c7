import { API_VERSION, definePlugin, type Plugin } from '@shardmux/plugin-api';
import { AutoEject } from './auto-eject.js';
import { optionsSchema } from './options.js';

export type { AutoEjectOptions } from './options.js';
export { AutoEject };

export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'failover',
    name: 'auto-eject',
    apiVersion: API_VERSION,
    optionsSchema,
    create: (options) => new AutoEject(options),
  }),
];
