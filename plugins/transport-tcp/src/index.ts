import { API_VERSION, definePlugin, type Plugin } from '@shardmux/plugin-api';
import { optionsSchema, type TcpOptions } from './options.js';
import { tcpTransport } from './tcp-transport.js';
import { createTlsTransport } from './tls-transport.js';

export type { PemFiles, TcpOptions, TlsForClients, TlsOptions, TlsToServers } from './options.js';
export { TlsError } from './tls-error.js';
export { createTlsTransport, tcpTransport };

export const plugins: readonly Plugin<'transport', TcpOptions>[] = [
  definePlugin({
    kind: 'transport',
    name: 'tcp',
    apiVersion: API_VERSION,
    optionsSchema,
    create: ({ tls }) => (tls === undefined ? tcpTransport : createTlsTransport(tls)),
  }),
];
