import { type NetConnectOpts, connect as netConnect, type OnReadOpts, type Socket } from 'node:net';
import type {
  Acceptor,
  Channel,
  ChannelHandler,
  ConnectOptions,
  Endpoint,
  Listener,
  ListenOptions,
  Transport,
} from '@shardmux/plugin-api';
import { readInto } from './read-buffer.js';
import { TcpChannel } from './tcp-channel.js';
import { listenTcp } from './tcp-listener.js';

/** TCP and unix sockets on `node:net`. */
export const tcpTransport: Transport = {
  flush: null,

  connect(endpoint: Endpoint, options: ConnectOptions, handler: ChannelHandler): Channel {
    const socket = netConnect(connectOptions(endpoint, options, readInto(options.readRegion, handler)));
    socket.once('connect', () => handler.opened());
    if (options.connectTimeout > 0) limitConnecting(socket, options.connectTimeout);
    const channel = new TcpChannel(socket);
    channel.attach(handler);
    return channel;
  },

  listen(endpoint: Endpoint, options: ListenOptions, accept: Acceptor): Promise<Listener> {
    return listenTcp(endpoint, options, accept);
  },
};

function connectOptions(endpoint: Endpoint, options: ConnectOptions, onread: OnReadOpts): NetConnectOpts {
  if (endpoint.kind === 'unix') return { path: endpoint.path, onread };
  return {
    host: endpoint.host,
    port: endpoint.port,
    noDelay: options.noDelay,
    keepAlive: options.keepAlive > 0,
    keepAliveInitialDelay: options.keepAlive,
    onread,
  };
}

function limitConnecting(socket: Socket, timeout: number): void {
  const timer = setTimeout(() => {
    const error: NodeJS.ErrnoException = new Error(`connect ETIMEDOUT after ${timeout} ms`);
    error.code = 'ETIMEDOUT';
    socket.destroy(error);
  }, timeout);
  socket.once('connect', () => clearTimeout(timer));
  socket.once('close', () => clearTimeout(timer));
}
