import { API_VERSION, definePlugin, type Plugin } from '@shardmux/plugin-api';
import { jump } from './jump.js';
import { maglev } from './maglev.js';
import { rendezvous } from './rendezvous.js';

export { jump, maglev, rendezvous };

export const plugins: readonly Plugin<'distribution', undefined>[] = Object.entries({
  rendezvous,
  jump,
  maglev,
}).map(([name, strategy]) =>
  definePlugin({ kind: 'distribution', name, apiVersion: API_VERSION, create: () => strategy }),
);
