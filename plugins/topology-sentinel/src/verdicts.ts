import type { TcpEndpoint } from '@shardmux/config-file';
import { formatEndpoint } from '@shardmux/plugin-api';
import type { MasterView, SentinelView } from './sentinel-view.js';

/** Where a primary is, and its replicas. */
export type Verdict = Pick<MasterView, 'epoch' | 'primary' | 'replicas'>;

/**
 * What Sentinels say together. They learn of a failover one after the other, and one that is cut off learns of none:
 * the highest epoch counts. An older one than was heard before counts only where most of those that watch the master
 * say it: so it is when it is watched anew, and not among the few that are cut off.
 */
export class Verdicts {
  readonly #last = new Map<string, Verdict>();

  /** @returns `null` for a master that nobody has ever known. */
  on(master: string, views: readonly SentinelView[]): Verdict | null {
    const told = views.flatMap(({ masters }) => masters.get(master) ?? []);
    const last = this.#last.get(master) ?? null;
    if (told.length === 0) return last;
    const epoch = Math.max(...told.map((each) => each.epoch));
    const group = largestGroup(told.filter((each) => each.epoch === epoch));
    const [{ primary, others }] = group;
    if (last !== null && epoch < last.epoch && !isMost(group.length, others.length + 1)) return last;
    const verdict = { epoch, primary, replicas: replicasOf(group) };
    this.#last.set(master, verdict);
    return verdict;
  }
}

/** Those that most agree with on where the primary is; of equals the first ones. */
function largestGroup(views: readonly MasterView[]): readonly MasterView[] {
  const groups = views.map(({ primary }) =>
    views.filter((each) => formatEndpoint(each.primary) === formatEndpoint(primary)),
  );
  return groups.reduce((best, group) => (group.length > best.length ? group : best));
}

/** Those that most count as good copies, in the order of their addresses. */
function replicasOf(group: readonly MasterView[]): readonly TcpEndpoint[] {
  const votes = new Map<string, TcpEndpoint[]>();
  for (const replica of group.flatMap(({ replicas }) => replicas)) {
    const address = formatEndpoint(replica);
    votes.set(address, [...(votes.get(address) ?? []), replica]);
  }
  const elected = [...votes].filter(([, { length }]) => isMost(length, group.length));
  return elected.sort(([one], [other]) => (one < other ? -1 : 1)).map(([, [replica]]) => replica);
}

function isMost(count: number, all: number): boolean {
  return 2 * count > all;
}
