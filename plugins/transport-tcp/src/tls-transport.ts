import { createSecureContext } from 'node:tls';
import type { Transport } from '@shardmux/plugin-api';
import { loadPem } from './load-pem.js';
import type { TlsForClients, TlsOptions, TlsToServers } from './options.js';
import { tcpTransport } from './tcp-transport.js';
import { TlsConnector } from './tls-connector.js';
import { type ClientIdentity, listenTls } from './tls-listener.js';

/**
 * TLS on `node:tls`, in the direction, or both, that options are given for; the other one is plain.
 *
 * @throws {PluginError} `SHARDMUX_PLUGIN_OPTIONS` where a file cannot be read or used.
 */
export function createTlsTransport({ servers, clients }: TlsOptions): Transport {
  const connector = servers === undefined ? null : createConnector(servers);
  const identity = clients === undefined ? null : createIdentity(clients);
  return {
    flush: null,
    connect: (endpoint, options, handler) => (connector ?? tcpTransport).connect(endpoint, options, handler),
    listen: (endpoint, options, accept) =>
      identity === null
        ? tcpTransport.listen(endpoint, options, accept)
        : listenTls(endpoint, options, accept, identity),
  };
}

function createConnector({ servername, rejectUnauthorized = true, ...files }: TlsToServers): TlsConnector {
  const secureContext = createSecureContext(loadPem('tls.servers', files));
  return new TlsConnector('tls.servers', { secureContext, servername, rejectUnauthorized });
}

function createIdentity(options: TlsForClients): ClientIdentity {
  const { requestCert = options.ca !== undefined, rejectUnauthorized = true, ...files } = options;
  return { ...loadPem('tls.clients', files), requestCert, rejectUnauthorized };
}
