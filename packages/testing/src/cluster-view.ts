import { connectRaw } from './raw-client.js';
import type { RedisServer } from './redis-server.js';

/** A Redis Cluster, as one of its servers sees it. */
export interface ClusterView {
  /** All slots are served. */
  readonly isUp: boolean;
  /** Every replica is a good copy. */
  readonly isWhole: boolean;
  readonly members: readonly ClusterMember[];
}

export interface ClusterMember {
  readonly id: string;
  readonly port: number;
  /** It is known, connected, and not suspected of having failed. */
  readonly isWell: boolean;
  /** The id of the one that it copies; `null` where it copies none. */
  readonly primary: string | null;
  readonly slots: readonly (readonly [first: number, last: number])[];
}

/** `null` where the server does not answer. */
export async function viewOf({ endpoint }: RedisServer): Promise<ClusterView | null> {
  try {
    const client = await connectRaw(endpoint, { strings: true });
    const replies = await client.pipeline(['INFO', 'SHARDS', 'NODES'].map((what) => ['CLUSTER', what]));
    await client.close();
    const [info, shards, nodes] = replies;
    const isWhole = (shards as string[][][]).every(([, , , members]) =>
      members.every((member) => member.includes('online')),
    );
    const members = String(nodes).trim().split('\n').map(parseMember);
    return { isUp: String(info).includes('cluster_state:ok'), isWhole, members };
  } catch {
    return null;
  }
}

/** Reads a line of CLUSTER NODES. */
function parseMember(line: string): ClusterMember {
  const [id, address, flags, primary, , , , link, ...ranges] = line.split(' ');
  // Slots that are on their way to or from somewhere follow in brackets.
  const slots = ranges
    .filter((range) => !range.startsWith('['))
    .map((range) => range.split('-').map(Number))
    .map(([first, last = first]) => [first, last] as const);
  return {
    id,
    port: Number(/:(\d+)@/.exec(address)?.[1]),
    isWell: link === 'connected' && !/fail|handshake|noaddr/.test(flags),
    primary: primary === '-' ? null : primary,
    slots,
  };
}
