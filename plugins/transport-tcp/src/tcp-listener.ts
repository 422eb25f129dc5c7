import { createServer, type Socket } from 'node:net';
import type { Acceptor, ChannelHandler, Endpoint, Listener, ListenOptions } from '@shardmux/plugin-api';
import { type Rewrap, rewrapAccepted } from './accepted-socket.js';
import { balancersOf } from './balancers.js';
import { acceptOptions, bind } from './bind.js';
import { readInto } from './read-buffer.js';
import { TcpChannel } from './tcp-channel.js';

/**
 *   connection ──────────────────────────────► accept
 *        └──► (behind balancers) the header ──►
 *
 * @throws the system's error (EADDRINUSE, EACCES, …) when the endpoint cannot be bound.
 */
export function listenTcp(
  endpoint: Endpoint,
  options: ListenOptions,
  accept: Acceptor,
  rewrap: Rewrap = rewrapAccepted,
): Promise<Listener> {
  const server = createServer({ ...acceptOptions(options), pauseOnConnect: true });
  const balancers = balancersOf(endpoint, options);
  server.on('connection', (accepted) => {
    const reader = new Reader();
    const { socket, usesOnread } = rewrap(accepted, readInto(options.readRegion, reader));
    if (balancers !== null) {
      reader.handler = balancers.gate(socket, (remote) => {
        socket.resume();
        // The listener may have closed while the header was on its way.
        if (server.listening) acceptSocket(socket, remote, reader, accept);
        else socket.destroy();
      });
    }
    // What came behind a header comes out of the stream, even where the socket is else read into the region.
    if (!usesOnread || balancers !== null) {
      socket.on('data', (chunk: Buffer) => reader.received(chunk, 0, chunk.length));
      socket.resume();
    }
    if (balancers === null) acceptSocket(socket, null, reader, accept);
  });
  return bind(server, endpoint, options.backlog);
}

function acceptSocket(socket: Socket, remote: string | null, reader: Reader, accept: Acceptor): void {
  const channel = new TcpChannel(socket, remote);
  const handler = accept(channel);
  reader.handler = handler;
  if (handler === null) channel.destroy();
  else channel.attach(handler);
}

/** Stands in for the handler, which cannot be known before its channel is made. */
class Reader {
  handler: Pick<ChannelHandler, 'received'> | null = null;

  received(bytes: Uint8Array, start: number, end: number): void {
    this.handler?.received(bytes, start, end);
  }
}
