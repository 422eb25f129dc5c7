import { API_VERSION, definePlugin, type Plugin } from '@shardmux/plugin-api';
import * as functions from './functions.js';

export * from './functions.js';

/** The twelve, each under the name that a Twemproxy configuration gives it, which is also its export's name. */
export const plugins: readonly Plugin<'hash', undefined>[] = Object.entries(functions).map(([name, hash]) =>
  definePlugin({ kind: 'hash', name, apiVersion: API_VERSION, create: () => hash }),
);
