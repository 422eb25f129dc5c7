import { createSecureContext } from 'node:tls';
import type { Channel, ChannelHandler, ConnectOptions, Endpoint, Transport } from '@shardmux/plugin-api';
import { connectTcp, TlsConnector, tcpTransport } from '@shardmux/plugin-transport-tcp';
import type { RedisOptions } from 'ioredis';
import type { ConnectorClass } from './connector.js';
import { ConnectorChannel } from './connector-channel.js';
import { type IoredisOptions, loadIoredis, parseOptions } from './ioredis-options.js';
import { preferencesOf } from './preferences.js';

type Connect = (endpoint: Endpoint, options: ConnectOptions, handler: ChannelHandler) => Channel;

/**
 * Opens links as ioredis would with these options, and logs on as it would. Where a server is, the endpoint says:
 * `host`, `port` and `path` of the options do not count. To clients it is plain TCP.
 *
 * @throws the error of Node where `tls` holds what OpenSSL does not take.
 */
export function createIoredisTransport(options: IoredisOptions): Transport {
  const parsed = parseOptions(options);
  const said = saidOf(options);
  const connect = connectBy(options, parsed);
  return {
    flush: null,
    preferences: preferencesOf(options, parsed),
    connect: (endpoint, pool, handler) => connect(endpoint, { ...pool, ...said }, handler),
    listen: tcpTransport.listen,
  };
}

/** What goes before the pool's settings: that alone which was said, and none of ioredis' defaults. */
function saidOf({ connectTimeout, keepAlive, noDelay }: IoredisOptions): Partial<ConnectOptions> {
  return {
    ...(typeof connectTimeout === 'number' ? { connectTimeout } : {}),
    ...(typeof keepAlive === 'number' ? { keepAlive } : {}),
    ...(typeof noDelay === 'boolean' ? { noDelay } : {}),
  };
}

/** In the order in which ioredis decides. */
function connectBy({ Connector, sentinels }: IoredisOptions, parsed: RedisOptions): Connect {
  if (Connector !== undefined) return connectByConnector(Connector, parsed);
  if (sentinels) return connectByConnector(loadIoredis().SentinelConnector, parsed);
  if (parsed.tls) return connectByTls(parsed);
  return (endpoint, options, handler) => connectTcp(endpoint, options, handler, parsed.family);
}

function connectByConnector(Connector: ConnectorClass, parsed: RedisOptions): Connect {
  return (endpoint, options, handler) =>
    new ConnectorChannel(() => new Connector(placedAt(endpoint, parsed)), options, handler);
}

/** With Sentinel a server is known by the name of its group, which is its host where the options name none. */
function placedAt(endpoint: Endpoint, { host, port, path, ...options }: RedisOptions): RedisOptions {
  if (endpoint.kind === 'unix') return { ...options, path: endpoint.path };
  const placed = { ...options, host: endpoint.host, port: endpoint.port };
  return options.sentinels && !options.name ? { ...placed, name: endpoint.host } : placed;
}

function connectByTls({ tls, family = 0 }: RedisOptions): Connect {
  const { host, port, path, socket, ...options } = { ...tls };
  const secureContext = options.secureContext ?? createSecureContext(options);
  const connector = new TlsConnector('tls', { ...options, secureContext, family });
  return (endpoint, connectOptions, handler) => connector.connect(endpoint, connectOptions, handler);
}
