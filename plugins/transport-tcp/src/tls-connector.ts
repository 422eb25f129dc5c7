import { isIP } from 'node:net';
import { type SecureContext, type TLSSocket, connect as tlsConnect } from 'node:tls';
import {
  type Channel,
  type ChannelHandler,
  type ConnectOptions,
  type Endpoint,
  formatEndpoint,
} from '@shardmux/plugin-api';
import { limitConnecting } from './connect-timeout.js';
import { TlsChannel } from './tls-channel.js';

export interface ServerTrust {
  readonly secureContext: SecureContext;
  /** The name that certificates must bear; `undefined` for that of the endpoint. */
  readonly servername: string | undefined;
  readonly rejectUnauthorized: boolean;
}

/** Opens encrypted connections, and resumes the last session with a server, which spares it a full handshake. */
export class TlsConnector {
  readonly #trust: ServerTrust;
  readonly #sessions = new Map<string, Buffer>();

  constructor(trust: ServerTrust) {
    this.#trust = trust;
  }

  connect(endpoint: Endpoint, options: ConnectOptions, handler: ChannelHandler): Channel {
    const socket = this.#open(endpoint);
    // Before it is connected, Node would not remember the delay.
    socket.once('connect', () => {
      socket.setNoDelay(options.noDelay);
      socket.setKeepAlive(options.keepAlive > 0, options.keepAlive);
    });
    socket.once('secureConnect', () => handler.opened());
    limitConnecting(socket, options.connectTimeout, 'secureConnect');
    const channel = new TlsChannel(socket);
    channel.attach(handler);
    // Not `onread`: records that were decrypted together would be told even after a `pause`.
    socket.on('data', (chunk: Buffer) => handler.received(chunk, 0, chunk.length));
    return channel;
  }

  #open(endpoint: Endpoint): TLSSocket {
    const { secureContext, rejectUnauthorized, servername = defaultServername(endpoint) } = this.#trust;
    const key = formatEndpoint(endpoint);
    const session = this.#sessions.get(key);
    const socket = tlsConnect({
      ...(endpoint.kind === 'unix' ? { path: endpoint.path } : { host: endpoint.host, port: endpoint.port }),
      ...(servername === undefined ? {} : { servername }),
      ...(session === undefined ? {} : { session }),
      secureContext,
      rejectUnauthorized,
    });
    socket.allowHalfOpen = true;
    socket.on('session', (latest) => this.#sessions.set(key, latest));
    return socket;
  }
}

/** Addresses are not sent as a server's name (RFC 6066, section 3); a certificate is compared with them all the same. */
function defaultServername(endpoint: Endpoint): string | undefined {
  return endpoint.kind === 'tcp' && isIP(endpoint.host) === 0 ? endpoint.host : undefined;
}
