import { API_VERSION, definePlugin, type Plugin, type ReadPolicy } from '@shardmux/plugin-api';
import { nearest, primary, readYourWrites, replica, replicaPreferred } from './policies.js';

export { nearest, primary, readYourWrites, replica, replicaPreferred };

export const plugins: readonly Plugin<'reads', undefined>[] = [
  named('primary', primary),
  named('replica', replica),
  named('replica-preferred', replicaPreferred),
  named('nearest', nearest),
  named('read-your-writes', readYourWrites),
];

function named(name: string, policy: ReadPolicy): Plugin<'reads', undefined> {
  return definePlugin({ kind: 'reads', name, apiVersion: API_VERSION, create: () => policy });
}
