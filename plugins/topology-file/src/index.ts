import { API_VERSION, definePlugin, type Plugin } from '@shardmux/plugin-api';
import { FileTopology } from './file-topology.js';
import { optionsSchema } from './options.js';

export { FileTopology };

export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'topology',
    name: 'file',
    apiVersion: API_VERSION,
    optionsSchema,
    create: ({ servers }) => new FileTopology(servers),
  }),
];
