import { API_VERSION, definePlugin, type Plugin } from '@shardmux/plugin-api';
import { tcpTransport } from './tcp-transport.js';

export { tcpTransport };

export const plugins: readonly Plugin[] = [
  definePlugin({ kind: 'transport', name: 'tcp', apiVersion: API_VERSION, create: () => tcpTransport }),
];
