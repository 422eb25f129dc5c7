import type { ReadableServer, ReadPolicy } from '@shardmux/plugin-api';

/** Servers are equally near where their latencies differ by no more than this factor, or by so many ms. */
const SAME_FACTOR = 1.5;
const SAME_MARGIN = 0.5;

/** All is read from primaries. */
export const primary: ReadPolicy = {
  usesReplicas: false,
  followsWrites: false,
  choose: (servers) => servers.filter(({ isPrimary }) => isPrimary),
};

/** Nothing is read from primaries: without a replica reads are refused. */
export const replica: ReadPolicy = {
  usesReplicas: true,
  followsWrites: false,
  choose: replicasOf,
};

/** The primary is read from where there is no replica. */
export const replicaPreferred: ReadPolicy = {
  usesReplicas: true,
  followsWrites: false,
  choose: replicasOrElse,
};

/** Those of the pool's zone, if there are any; of these the ones with the least latency. */
export const nearest: ReadPolicy = {
  usesReplicas: true,
  followsWrites: false,
  choose(servers) {
    const answering = servers.filter(({ latency }) => latency < Number.POSITIVE_INFINITY);
    const near = answering.filter(({ isNear }) => isNear);
    const candidates = near.length > 0 ? near : answering;
    if (candidates.length === 0) return servers;
    const least = Math.min(...candidates.map(({ latency }) => latency));
    const bound = Math.max(least * SAME_FACTOR, least + SAME_MARGIN);
    return candidates.filter(({ latency }) => latency <= bound);
  },
};

/** As `replica-preferred`, but a session finds what it has written: on the primary, until a replica has it too. */
export const readYourWrites: ReadPolicy = {
  usesReplicas: true,
  followsWrites: true,
  choose: replicasOrElse,
};

function replicasOf(servers: readonly ReadableServer[]): readonly ReadableServer[] {
  return servers.filter(({ isPrimary }) => !isPrimary);
}

function replicasOrElse(servers: readonly ReadableServer[]): readonly ReadableServer[] {
  const replicas = replicasOf(servers);
  return replicas.length > 0 ? replicas : servers;
}
