import { API_VERSION, definePlugin, type Plugin } from '@shardmux/plugin-api';
import { EmbeddedStore } from './embedded-store.js';
import { type EmbeddedOptions, optionsSchema } from './options.js';

export { Backoff } from './backoff.js';
export { LeaseTerm, type LeaseTermOptions } from './lease-term.js';
export { Reach } from './reach.js';
export type { EmbeddedOptions };
export { EmbeddedStore };

export const plugins: readonly Plugin<'coordination', EmbeddedOptions>[] = [
  definePlugin({
    kind: 'coordination',
    name: 'embedded',
    apiVersion: API_VERSION,
    optionsSchema,
    create: ({ name }) => new EmbeddedStore(name),
  }),
];
