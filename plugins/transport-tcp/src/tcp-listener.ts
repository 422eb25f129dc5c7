import { chmodSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Acceptor, ChannelHandler, Endpoint, Listener, ListenOptions } from '@shardmux/plugin-api';
import { type Rewrap, rewrapAccepted } from './accepted-socket.js';
import { readInto } from './read-buffer.js';
import { TcpChannel } from './tcp-channel.js';

/** @throws the system's error (EADDRINUSE, EACCES, …) when the endpoint cannot be bound. */
export async function listenTcp(
  endpoint: Endpoint,
  options: ListenOptions,
  accept: Acceptor,
  rewrap: Rewrap = rewrapAccepted,
): Promise<Listener> {
  const server = createServer({
    pauseOnConnect: true,
    allowHalfOpen: true,
    noDelay: options.noDelay,
    keepAlive: options.keepAlive > 0,
    keepAliveInitialDelay: options.keepAlive,
  });
  server.on('connection', (socket) => acceptSocket(socket, accept, options, rewrap));
  await bind(server, endpoint, options.backlog);
  // A connection that could not be accepted is its client's loss, not the listener's end.
  server.on('error', () => {});
  return {
    endpoint: boundEndpoint(server, endpoint),
    async close() {
      server.close();
      // The descriptor is closed by now; the server's own 'close' would wait for every open channel.
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
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

/** Takes the place of a unix socket that a dead process left behind, never of one that answers. */
async function bind(server: Server, endpoint: Endpoint, backlog: number): Promise<void> {
  try {
    await listen(server, endpoint, backlog);
  } catch (error) {
    const inUse = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    if (!inUse || endpoint.kind !== 'unix' || (await answers(endpoint.path))) throw error;
    await unlink(endpoint.path);
    await listen(server, endpoint, backlog);
  }
}

function listen(server: Server, endpoint: Endpoint, backlog: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(
      endpoint.kind === 'unix' ? { path: endpoint.path, backlog } : { ...endpoint, backlog },
      () => {
        server.off('error', reject);
        // At once, so that nobody can connect whom the mode is to keep out.
        if (endpoint.kind === 'unix' && endpoint.mode !== undefined) chmodSync(endpoint.path, endpoint.mode);
        resolve();
      },
    );
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function boundEndpoint(server: Server, endpoint: Endpoint): Endpoint {
  const address = server.address() as AddressInfo | string | null;
  if (endpoint.kind === 'unix' || address === null || typeof address === 'string') return endpoint;
  return { ...endpoint, port: address.port };
}
