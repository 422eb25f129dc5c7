import type { Address } from './address.js';
import type { ClusterView } from './cluster-view.js';
import type { Member } from './member.js';
import { Pulse } from './pulse.js';
import { infoField } from './replies.js';

/** From one attempt to the next, whichever the shard, in ms: two elections at once take votes from each other. */
const GAP = 1_000;
/** By how much INFO may exaggerate, in ms: it counts in whole seconds. */
const SLACK = 1_000;

/** What a replica says of its replication. */
interface Copy {
  readonly member: Member;
  /** It has the primary that the view in force says. */
  readonly isOfShard: boolean;
  /** It hears its primary, or is one. */
  readonly isLinked: boolean;
  /** How long it has had no link, in ms; below 0: always. */
  readonly lostFor: number;
  /** How much of the primary's stream it has, in bytes; at most 1: nothing that it could go on from. */
  readonly offset: number;
}

/**
 * Helps a cluster to replace a primary before its node timeout is over. Who has the most of it is told to stand for
 * election at once; the other primaries vote as ever.
 *
 *   there ◄──► gone ──for `after`──► a replica is told, again after each GAP ──► the view has another primary
 */
export class Hastening {
  readonly #after: number;
  readonly #memberAt: (address: Address) => Member;
  /** Of the shards of the view in force. */
  #pulses: readonly Pulse[] = [];
  #triedAt = Number.NEGATIVE_INFINITY;

  /** @param after how long a primary has to refuse every connection, in ms. */
  constructor(after: number, memberAt: (address: Address) => Member) {
    this.#after = after;
    this.#memberAt = memberAt;
  }

  /** To be called at each reading, with the view in force. */
  look({ shards }: ClusterView): void {
    const known = new Map(this.#pulses.map((pulse) => [pulse.shard.primary.id, pulse]));
    this.#pulses = shards
      .filter(({ slots }) => slots.length > 0)
      .map((shard) => {
        const pulse = known.get(shard.primary.id) ?? new Pulse(shard);
        pulse.shard = shard;
        return pulse;
      });
    for (const pulse of this.#pulses) void this.#feel(pulse);
  }

  async #feel(pulse: Pulse): Promise<void> {
    await pulse.take(this.#memberAt(pulse.shard.primary.address));
    const isDue = pulse.goneFor >= this.#after && performance.now() - this.#triedAt >= GAP;
    if (isDue) await this.#help();
  }

  /** Whoever has waited longest. */
  async #help(): Promise<void> {
    const gone = this.#pulses.filter(({ goneFor }) => goneFor >= this.#after);
    const [pulse] = gone.sort((one, other) => one.triedAt - other.triedAt);
    if (pulse === undefined) return;
    this.#triedAt = performance.now();
    pulse.triedAt = this.#triedAt;
    const best = await this.#bestReplica(pulse);
    // It may be back.
    if (pulse.goneFor < this.#after) return;
    // One that has been elected meanwhile refuses, and what is lost is said again.
    await best?.call('CLUSTER', 'FAILOVER', 'FORCE').catch(() => {});
  }

  /** `null` where none is fit; or where one hears its primary, which is there then, or is one by now. */
  async #bestReplica({ shard: { primary, replicas }, sinceThere }: Pulse): Promise<Member | null> {
    const asked = await Promise.allSettled(
      replicas.map(async ({ address }) => askForCopy(this.#memberAt(address), primary.id)),
    );
    const copies = asked.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    if (copies.some(({ isLinked }) => isLinked)) return null;
    // Who lost it while it was there has missed something.
    const isFit = ({ isOfShard, lostFor, offset }: Copy) =>
      isOfShard && lostFor >= 0 && lostFor <= sinceThere + SLACK && offset > 1;
    const [best] = copies.filter(isFit).sort((one, other) => other.offset - one.offset);
    return best?.member ?? null;
  }
}

/** @throws where it does not answer. */
async function askForCopy(member: Member, primary: string): Promise<Copy> {
  const [{ shards }, info] = await Promise.all([member.ask(), member.call('INFO', 'replication')]);
  const seconds = infoField(info, 'master_link_down_since_seconds');
  return {
    member,
    isOfShard: shards.some(({ slots, primary: { id } }) => slots.length > 0 && id === primary),
    isLinked: infoField(info, 'master_link_status') !== 'down',
    lostFor: Number(seconds) * 1_000,
    offset: Number(infoField(info, 'slave_repl_offset')),
  };
}
