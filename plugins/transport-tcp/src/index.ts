import { API_VERSION, definePlugin, type Plugin } from '@shardmux/plugin-api';
import { optionsSchema, type TcpOptions } from './options.js';
import { tcpTransport } from './tcp-transport.js';
import { createTlsTransport } from './tls-transport.js';

export { type Check, mapping, must } from './check.js';
export { loadPem } from './load-pem.js';
export type { PemFiles, TcpOptions, TlsForClients, TlsOptions, TlsToServers } from './options.js';
export { checkTlsToServers } from './options.js';
export type { SocketChannel } from './socket-channel.js';
export { TcpChannel } from './tcp-channel.js';
export { connectTcp } from './tcp-connector.js';
export { TlsChannel } from './tls-channel.js';
export { type TlsConnectOptions, TlsConnector } from './tls-connector.js';
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
