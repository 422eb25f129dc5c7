import { API_VERSION, definePlugin, type Plugin } from '@shardmux/plugin-api';
import { AutoEject } from './auto-eject.js';
import { type AutoEjectOptions, optionsSchema } from './options.js';

export type { AutoEjectOptions };
export { AutoEject };

export const plugins: readonly Plugin<'failover', AutoEjectOptions>[] = [
  definePlugin({
    kind: 'failover',
    name: 'auto-eject',
    apiVersion: API_VERSION,
    optionsSchema,
    create: (options) => new AutoEject(options),
  }),
];
