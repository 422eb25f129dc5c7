import { type NetConnectOpts, connect as netConnect, type OnReadOpts } from 'node:net';
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
import { limitConnecting } from './connect-timeout.js';
import { readInto } from './read-buffer.js';
import { TcpChannel } from './tcp-channel.js';
import { listenTcp } from './tcp-listener.js';

/** TCP and unix sockets on `node:net`. */
export const tcpTransport: Transport = {
  flush: null,

  connect(endpoint: Endpoint, options: ConnectOptions, handler: ChannelHandler): Channel {
    const socket = netConnect(connectOptions(endpoint, options, readInto(options.readRegion, handler)));
    socket.once('connect', () => handler.opened());
    limitConnecting(socket, options.connectTimeout, 'connect');
    const channel = new TcpChannel(socket);
    channel.attach(handler);
    return channel;
  },

  listen(endpoint: Endpoint, options: ListenOptions, accept: Acceptor): Promise<Listener> {
    return listenTcp(endpoint, options, accept);
  },
};

function connectOptions(endpoint: Endpoint, options: ConnectOptions, onread: OnReadOpts): NetConnectOpts {
  if (endpoint.kind === 'unix') return { path: endpoint.path, allowHalfOpen: true, onread };
  return {
    host: endpoint.host,
    port: endpoint.port,
    allowHalfOpen: true,
    noDelay: options.noDelay,
    keepAlive: options.keepAlive > 0,
    keepAliveInitialDelay: options.keepAlive,
    onread,
  };
}
