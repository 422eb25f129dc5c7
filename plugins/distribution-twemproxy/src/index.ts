import { API_VERSION, definePlugin, type Plugin } from '@shardmux/plugin-api';
import { ketama } from './ketama.js';
import { modula } from './modula.js';
import { random } from './random.js';

export { ketama, modula, random };

/** The three, under the names that a Twemproxy configuration gives them. */
export const plugins: readonly Plugin<'distribution', undefined>[] = Object.entries({
  ketama,
  modula,
  random,
}).map(([name, strategy]) =>
  definePlugin({ kind: 'distribution', name, apiVersion: API_VERSION, create: () => strategy }),
);
