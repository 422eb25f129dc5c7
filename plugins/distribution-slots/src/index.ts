import { API_VERSION, definePlugin, type Plugin } from '@shardmux/plugin-api';
import { optionsSchema, type SlotsOptions } from './options.js';
import { Slots } from './slots.js';

export type { SlotsOptions };
export { Slots };

export const plugins: readonly Plugin<'distribution', SlotsOptions>[] = [
  definePlugin({
    kind: 'distribution',
    name: 'slots',
    apiVersion: API_VERSION,
    optionsSchema,
    create: (options) => new Slots(options),
  }),
];
