import { createServer, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Acceptor, Endpoint, Listener, ListenOptions } from '@shardmux/plugin-api';
import { rawSocketOf } from './accepted-socket.js';
import { balancersOf } from './balancers.js';
import { acceptOptions, bind } from './bind.js';
import type { ClientIdentity } from './client-identity.js';
import { remoteOf } from './socket-channel.js';
import { TlsChannel } from './tls-channel.js';
import { refusalOf } from './tls-error.js';

/**
 * A client is accepted when its handshake is over; one whose handshake fails is dropped.
 *
 *   connection ──► (behind balancers) the header ──► handshake ──► accept
 *
 * @throws the system's error (EADDRINUSE, EACCES, …) when the endpoint cannot be bound.
 */
export function listenTls(
  endpoint: Endpoint,
  options: ListenOptions,
  accept: Acceptor,
  identity: ClientIdentity,
): Promise<Listener> {
  const front = createServer(acceptOptions(options));
  const secure = identity.createServer();
  const balancers = balancersOf(endpoint, options);
  // The connections on which handshakes are under way; a socket that is gone no longer knows whose it was.
  const remotes = new WeakMap<Socket, string>();
  const shake = (socket: Socket, remote: string): void => {
    remotes.set(socket, remote);
    secure.emit('connection', socket);
  };
  front.on('connection', (socket) => {
    if (balancers === null) {
      shake(socket, remoteOf(socket));
      return;
    }
    const gate = balancers.gate(socket, (remote) => {
      socket.off('data', read);
      shake(socket, remote);
    });
    const read = (chunk: Buffer): void => gate?.received(chunk, 0, chunk.length);
    socket.on('data', read);
  });
  secure.on('tlsClientError', (error, socket) => {
    const reason = refusalOf(error, socket);
    if (reason !== null) options.refused?.(remotes.get(rawSocketOf(socket)) ?? 'unknown', reason);
    socket.destroy();
  });
  secure.on('secureConnection', (socket) => {
    const remote = remotes.get(rawSocketOf(socket));
    // The listener may have closed while the handshake was under way.
    if (front.listening && remote !== undefined) acceptSocket(socket, remote, accept);
    else socket.destroy();
  });
  return bind(front, endpoint, options.backlog);
}

function acceptSocket(socket: TLSSocket, remote: string, accept: Acceptor): void {
  const channel = new TlsChannel(socket, 'tls.clients', remote);
  const handler = accept(channel);
  if (handler === null) {
    channel.destroy();
    return;
  }
  channel.attach(handler);
  socket.on('data', (chunk: Buffer) => handler.received(chunk, 0, chunk.length));
}
