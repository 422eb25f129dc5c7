import {
  formatEndpoint,
  type NodeDescription,
  type PromotionCandidate,
  type ReplicationState,
} from '@shardmux/plugin-api';
import type { ReplicationLinks } from './replication-links.js';

/**
 * Who of a shard could take over from its primary, by what they say now.
 *
 * @param last what the primary said last; `null`: it was never heard.
 * @returns none where they are of several histories, and nobody knows which is the primary's.
 */
export async function candidatesOf(
  { replicas = [] }: NodeDescription,
  last: ReplicationState | null,
  links: ReplicationLinks,
): Promise<PromotionCandidate[]> {
  const states = await Promise.all(replicas.map(({ endpoint }) => links.stateOf(endpoint)));
  const found = states.flatMap((state, i) =>
    // Nobody can be told to follow a server by its path.
    state === null || replicas[i].endpoint.kind !== 'tcp'
      ? []
      : [{ address: formatEndpoint(replicas[i].endpoint), state }],
  );
  if (last !== null) return found.filter(({ state }) => continues(state, last));
  // Whether one that never heard its primary has its data, nobody can tell.
  const copies = found.filter(({ state }) => state.role === 'replica' && Number.isFinite(state.lostFor));
  return copies.every(({ state }) => state.history === copies[0].state.history) ? copies : [];
}

/**
 * Whether it has the primary's data, up to some offset. One that has been a primary itself has written something else
 * since, unless the primary never took over from it.
 */
function continues(state: ReplicationState, last: ReplicationState): boolean {
  if (state.history === last.history) return true;
  return state.role === 'replica' && state.history === last.formerHistory;
}
