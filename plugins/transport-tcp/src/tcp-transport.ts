import type { Transport } from '@shardmux/plugin-api';
import { connectTcp } from './tcp-connector.js';
import { listenTcp } from './tcp-listener.js';

/** TCP and unix sockets on `node:net`. */
export const tcpTransport: Transport = {
  flush: null,
  connect: (endpoint, options, handler) => connectTcp(endpoint, options, handler),
  listen: (endpoint, options, accept) => listenTcp(endpoint, options, accept),
};
