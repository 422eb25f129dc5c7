import { API_VERSION, definePlugin, type Plugin } from '@shardmux/plugin-api';
import { FileTopology } from './file-topology.js';
import {
  type FileTopologyOptions,
  fileTopologyOptions,
  type GivenServers,
  type ServersFile,
} from './options.js';
import { ServersFileTopology } from './servers-file-topology.js';

export { formatServers } from './format-servers.js';
export { nameClashes, serverProblems } from './name-clashes.js';
export { readServers } from './read-servers.js';
export { parseServer, SERVER_FORM } from './server.js';
export { type ReplicaInput, type ServerInput, serverListSchema } from './server-schema.js';
export { SnapshotPublisher } from './snapshot-publisher.js';
export { type StoredServers, StoredTopology } from './stored-topology.js';
export type { FileTopologyOptions, GivenServers, ServersFile };
export { FileTopology, ServersFileTopology };

export const plugins: readonly Plugin<'topology', FileTopologyOptions>[] = [
  definePlugin({
    kind: 'topology',
    name: 'file',
    apiVersion: API_VERSION,
    optionsSchema: fileTopologyOptions,
    paths: ['path', 'cache'],
    create: (options) =>
      'servers' in options ? new FileTopology(options.servers) : new ServersFileTopology(options),
  }),
];
