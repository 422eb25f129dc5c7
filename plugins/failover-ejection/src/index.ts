import { API_VERSION, definePlugin, type Plugin } from '@shardmux/plugin-api';
import { Ejection } from './ejection.js';
import { type EjectionOptions, schemaWith } from './options.js';

export type { EjectionOptions };
export { Ejection };

/** Twemproxy's `auto_eject_hosts`, `server_failure_limit` and `server_retry_timeout`. */
const autoEject = definePlugin({
  kind: 'failover',
  name: 'auto-eject',
  apiVersion: API_VERSION,
  optionsSchema: schemaWith({ failureLimit: 2, retryTimeout: 30_000 }),
  create: (options) => new Ejection(options, true),
});

const failFast = definePlugin({
  kind: 'failover',
  name: 'fail-fast',
  apiVersion: API_VERSION,
  optionsSchema: schemaWith({ failureLimit: 3, retryTimeout: 1_000 }),
  create: (options) => new Ejection(options, false),
});

export const plugins: readonly Plugin<'failover', EjectionOptions>[] = [autoEject, failFast];
