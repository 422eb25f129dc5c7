import { API_VERSION, definePlugin, type Plugin } from '@shardmux/plugin-api';
import { FileTopology } from './file-topology.js';
import { type FileTopologyOptions, optionsSchema } from './options.js';

export { nameClashes, serverProblems } from './name-clashes.js';
export { readServers } from './read-servers.js';
export { parseServer, SERVER_FORM } from './server.js';
export { type ReplicaInput, type ServerInput, serverListSchema } from './server-schema.js';
export type { FileTopologyOptions };
export { FileTopology };

export const plugins: readonly Plugin<'topology', FileTopologyOptions>[] = [
  definePlugin({
    kind: 'topology',
    name: 'file',
    apiVersion: API_VERSION,
    optionsSchema,
    create: ({ servers }) => new FileTopology(servers),
  }),
];
