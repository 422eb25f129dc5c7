import { type NetConnectOpts, connect as netConnect, type OnReadOpts } from 'node:net';
import type { Channel, ChannelHandler, ConnectOptions, Endpoint } from '@shardmux/plugin-api';
import { limitConnecting } from './connect-timeout.js';
import { readInto } from './read-buffer.js';
import { TcpChannel } from './tcp-channel.js';

/** @param family of the address that a name stands for: 4, 6, or 0 for either. */
export function connectTcp(
  endpoint: Endpoint,
  options: ConnectOptions,
  handler: ChannelHandler,
  family = 0,
): Channel {
  const socket = netConnect(connectOptions(endpoint, options, family, readInto(options.readRegion, handler)));
  socket.once('connect', () => handler.opened());
  limitConnecting(socket, options.connectTimeout, 'connect');
  const channel = new TcpChannel(socket);
  channel.attach(handler);
  return channel;
}

function connectOptions(
  endpoint: Endpoint,
  options: ConnectOptions,
  family: number,
  onread: OnReadOpts,
): NetConnectOpts {
  if (endpoint.kind === 'unix') return { path: endpoint.path, allowHalfOpen: true, onread };
  return {
    host: endpoint.host,
    port: endpoint.port,
    family,
    allowHalfOpen: true,
    noDelay: options.noDelay,
    keepAlive: options.keepAlive > 0,
    keepAliveInitialDelay: options.keepAlive,
    onread,
  };
}
