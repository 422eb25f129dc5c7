import { API_VERSION, definePlugin, type Plugin } from '@shardmux/plugin-api';
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
 */
export function ioredisPlugin(name: string, options: IoredisOptions): Plugin<'transport'> {
  return definePlugin({
    kind: 'transport',
    name,
    apiVersion: API_VERSION,
    create: () => createIoredisTransport(options),
  });
}
