import { isIP } from 'node:net';
import { type ConnectionOptions, type SecureContext, type TLSSocket, connect as tlsConnect } from 'node:tls';
import {
  type Channel,
  type ChannelHandler,
  type ConnectOptions,
  type Endpoint,
  formatEndpoint,
} from '@shardmux/plugin-api';
import { limitConnecting } from './connect-timeout.js';
import { TlsChannel } from './tls-channel.js';

/** As of `tls.connect`, but for where to, which each connection says. */
export interface TlsConnectOptions extends ConnectionOptions {
  /** Of the address that a name stands for: 4, 6, or 0 for either. */
  readonly family?: number;
}

/** Opens encrypted connections, and resumes the last session with a server, which spares it a full handshake. */
export class TlsConnector {
  readonly #option: string;
  #connectOptions: TlsConnectOptions;
  #sessions = new Map<string, Buffer>();

  /**
   * @param option where in the options of a plugin these are, for what errors advise.
   * @param connectOptions best with a `secureContext`, which is else made anew for each connection. Without a
   *   `servername`, certificates must bear the name of the endpoint.
   */
  constructor(option: string, connectOptions: TlsConnectOptions) {
    this.#option = option;
    this.#connectOptions = connectOptions;
  }

  /**
   * For connections to come. Sessions from before are not resumed, and those that open connections are still given go
   * nowhere: a resumed session would pass for what the certificates of its time were.
   */
  renew(secureContext: SecureContext): void {
    this.#connectOptions = { ...this.#connectOptions, secureContext };
    this.#sessions = new Map();
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
    const channel = new TlsChannel(socket, this.#option);
    channel.attach(handler);
    // Not `onread`: records that were decrypted together would be told even after a `pause`.
    socket.on('data', (chunk: Buffer) => handler.received(chunk, 0, chunk.length));
    return channel;
  }

  #open(endpoint: Endpoint): TLSSocket {
    const { servername = defaultServername(endpoint) } = this.#connectOptions;
    const key = formatEndpoint(endpoint);
    const sessions = this.#sessions;
    const session = sessions.get(key);
    const socket = tlsConnect({
      ...this.#connectOptions,
      ...(endpoint.kind === 'unix' ? { path: endpoint.path } : { host: endpoint.host, port: endpoint.port }),
      ...(servername === undefined ? {} : { servername }),
      ...(session === undefined ? {} : { session }),
    });
    socket.allowHalfOpen = true;
    socket.on('session', (latest) => sessions.set(key, latest));
    return socket;
  }
}

/** Addresses are not sent as a server's name (RFC 6066, section 3); a certificate is compared with them all the same. */
function defaultServername(endpoint: Endpoint): string | undefined {
  return endpoint.kind === 'tcp' && isIP(endpoint.host) === 0 ? endpoint.host : undefined;
}
