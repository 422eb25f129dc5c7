import { createServer, type Socket } from 'node:net';
import type { Acceptor, ChannelHandler, Endpoint, Listener, ListenOptions } from '@shardmux/plugin-api';
import { type Rewrap, rewrapAccepted } from './accepted-socket.js';
import { acceptOptions, bind } from './bind.js';
import { readInto } from './read-buffer.js';
import { TcpChannel } from './tcp-channel.js';

/** @throws the system's error (EADDRINUSE, EACCES, …) when the endpoint cannot be bound. */
export function listenTcp(
  endpoint: Endpoint,
  options: ListenOptions,
  accept: Acceptor,
  rewrap: Rewrap = rewrapAccepted,
): Promise<Listener> {
  const server = createServer({ ...acceptOptions(options), pauseOnConnect: true });
  server.on('connection', (socket) => acceptSocket(socket, accept, options, rewrap));
  return bind(server, endpoint, options.backlog);
}

function acceptSocket(accepted: Socket, accept: Acceptor, options: ListenOptions, rewrap: Rewrap): void {
  const reader = new Reader();
  const { socket, usesOnread } = rewrap(accepted, readInto(options.readRegion, reader));
  if (!usesOnread) {
    socket.on('data', (chunk: Buffer) => reader.received(chunk, 0, chunk.length));
    socket.resume();
  }
  const channel = new TcpChannel(socket);
  const handler = accept(channel);
  if (handler === null) {
    channel.destroy();
    return;
  }
  channel.attach(handler);
  reader.handler = handler;
}

/** Stands in for the handler, which cannot be known before its channel is made. */
class Reader {
  handler: ChannelHandler | null = null;

  received(bytes: Uint8Array, start: number, end: number): void {
    this.handler?.received(bytes, start, end);
  }
}
