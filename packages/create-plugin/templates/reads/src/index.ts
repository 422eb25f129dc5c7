import { API_VERSION, definePlugin, type Plugin, type ReadPolicy } from '@shardmux/plugin-api';

/** Reads from replicas of the pool's own zone, and else from the primary. Put yours in its place. */
const atHome: ReadPolicy = {
  usesReplicas: true,
  followsWrites: false,
  choose(servers) {
    const near = servers.filter(({ isPrimary, isNear }) => isNear && !isPrimary);
    return near.length > 0 ? near : servers.filter(({ isPrimary }) => isPrimary);
  },
};

export const plugins: readonly Plugin[] = [
  definePlugin({ kind: 'reads', name: 'my-thing', apiVersion: API_VERSION, create: () => atHome }),
];
