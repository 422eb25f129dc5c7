import { API_VERSION, definePlugin, type Endpoint, type Plugin, type Transport } from '@shardmux/plugin-api';
import { tcpTransport } from '@shardmux/plugin-transport-tcp';
import { type Options, optionsSchema } from './options.js';

/** TCP that reaches some hosts by another name, as through a tunnel. Put yours in its place. */
function translating({ hosts }: Options): Transport {
  const translate = (endpoint: Endpoint): Endpoint =>
    endpoint.kind === 'tcp' ? { ...endpoint, host: hosts[endpoint.host] ?? endpoint.host } : endpoint;
  return {
    flush: tcpTransport.flush,
    connect: (endpoint, options, handler) => tcpTransport.connect(translate(endpoint), options, handler),
    listen: (endpoint, options, accept) => tcpTransport.listen(endpoint, options, accept),
  };
}

export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'transport',
    name: 'my-thing',
    apiVersion: API_VERSION,
    optionsSchema,
    create: translating,
  }),
];
