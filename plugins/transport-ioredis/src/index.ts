import { API_VERSION, definePlugin, type Plugin, PluginError } from '@shardmux/plugin-api';
import type { IoredisOptions } from './ioredis-options.js';
import { createIoredisTransport } from './ioredis-transport.js';
import { type FileOptions, optionsSchema, readOptions } from './options.js';

export { type ConnectorClass, ConnectorError, type LinkConnector } from './connector.js';
export type { IoredisOptions } from './ioredis-options.js';
export type { FileOptions, SentinelAddress } from './options.js';
export { createIoredisTransport };

export const plugins: readonly Plugin<'transport', FileOptions>[] = [
  definePlugin({
    kind: 'transport',
    name: 'ioredis',
    apiVersion: API_VERSION,
    optionsSchema,
    create: (options) => createIoredisTransport(readOptions(options)),
  }),
];

/**
 * A transport plugin with the options of an application's own ioredis, functions and classes among them.
 * @param name what a pool calls it: `transport: name`.
 * @throws {PluginError} `SHARDMUX_PLUGIN_OPTIONS` where the options are no object, or name no database.
 */
export function ioredisPlugin(name: string, options: IoredisOptions): Plugin<'transport'> {
  checkGiven(name, options);
  return definePlugin({
    kind: 'transport',
    name,
    apiVersion: API_VERSION,
    create: () => createIoredisTransport(options),
  });
}

/** Types bind nobody who calls from JavaScript. */
function checkGiven(name: string, options: unknown): void {
  const fault = faultOf(options);
  if (fault === null) return;
  throw new PluginError('SHARDMUX_PLUGIN_OPTIONS', `transport plugin "${name}": ${fault}`);
}

function faultOf(options: unknown): string | null {
  if (typeof options !== 'object' || options === null) {
    return `found ${options}: must be the options that an application gives to ioredis, an object`;
  }
  const { db = null }: { db?: unknown } = options;
  const isDatabase = db === null || (Number.isInteger(Number(db)) && Number(db) >= 0);
  return isDatabase ? null : `db: found ${db}: must be a whole number from 0`;
}
