import { createSecureContext } from 'node:tls';
import type { Transport } from '@shardmux/plugin-api';
import { ClientIdentity } from './client-identity.js';
import { loadPem } from './load-pem.js';
import type { PemFiles, TlsForClients, TlsOptions, TlsToServers } from './options.js';
import { tcpTransport } from './tcp-transport.js';
import { TlsConnector } from './tls-connector.js';
import { listenTls } from './tls-listener.js';

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
    certificates: {
      files: [...pathsOf(servers), ...pathsOf(clients)],
      reload() {
        // Both are read before either is used: there is no half of it.
        const toServers = loadPem('tls.servers', servers ?? {});
        const forClients = loadPem('tls.clients', clients ?? {});
        connector?.renew(createSecureContext(toServers));
        identity?.renew(forClients);
      },
    },
    connect: (endpoint, options, handler) => (connector ?? tcpTransport).connect(endpoint, options, handler),
    listen: (endpoint, options, accept) =>
      identity === null
        ? tcpTransport.listen(endpoint, options, accept)
        : listenTls(endpoint, options, accept, identity),
  };
}

function createConnector(options: TlsToServers): TlsConnector {
  const { servername, rejectUnauthorized = true } = options;
  const secureContext = createSecureContext(loadPem('tls.servers', options));
  return new TlsConnector('tls.servers', { secureContext, servername, rejectUnauthorized });
}

function createIdentity(options: TlsForClients): ClientIdentity {
  const { requestCert = options.ca !== undefined, rejectUnauthorized = true } = options;
  return new ClientIdentity(loadPem('tls.clients', options), { requestCert, rejectUnauthorized });
}

function pathsOf({ ca, cert, key }: PemFiles = {}): string[] {
  return [ca, cert, key].filter((path) => path !== undefined);
}
