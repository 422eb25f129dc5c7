import { createServer, type SecureContextOptions, type TLSSocket } from 'node:tls';
import type { Acceptor, Endpoint, Listener, ListenOptions } from '@shardmux/plugin-api';
import { acceptOptions, bind } from './bind.js';
import { TlsChannel } from './tls-channel.js';

/**
 * How long a client may take to become secure, in ms. Until then nobody counts it, so that it would cost nothing to
 * hold many connections open.
 */
const HANDSHAKE_TIMEOUT = 10_000;

export interface ClientIdentity extends SecureContextOptions {
  /** Asks clients for a certificate. */
  readonly requestCert: boolean;
  /** Refuses those that have none, or one from an unknown authority. */
  readonly rejectUnauthorized: boolean;
}

/**
 * A client is accepted when its handshake is over; one whose handshake fails is dropped, and nobody hears of it.
 *
 * @throws the system's error (EADDRINUSE, EACCES, …) when the endpoint cannot be bound.
 */
export function listenTls(
  endpoint: Endpoint,
  options: ListenOptions,
  accept: Acceptor,
  identity: ClientIdentity,
): Promise<Listener> {
  const server = createServer({
    ...acceptOptions(options),
    ...identity,
    handshakeTimeout: HANDSHAKE_TIMEOUT,
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.on('secureConnection', (socket) => {
    // The listener may have closed while the handshake was under way.
    if (server.listening) acceptSocket(socket, accept);
    else socket.destroy();
  });
  return bind(server, endpoint, options.backlog);
}

function acceptSocket(socket: TLSSocket, accept: Acceptor): void {
  const channel = new TlsChannel(socket, 'tls.clients');
  const handler = accept(channel);
  if (handler === null) {
    channel.destroy();
    return;
  }
  channel.attach(handler);
  socket.on('data', (chunk: Buffer) => handler.received(chunk, 0, chunk.length));
}
