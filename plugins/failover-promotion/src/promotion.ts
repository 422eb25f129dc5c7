import type {
  FailoverPolicy,
  FailoverVerdict,
  PrimaryHealth,
  PromotionCandidate,
  PromotionPolicy,
} from '@shardmux/plugin-api';
import type { PromotionOptions } from './options.js';

/** How often each primary is asked whether it is there, in ms. */
const INTERVAL = 200;

/** How much sooner it is used no more, in ms: observers hear of it and look at it at moments up to `INTERVAL` apart. */
const MARGIN = 500;

/** A replica may have lost its primary before we did, by so many times `downAfter`. Redis Sentinel allows ten. */
const STALE = 10;

/** Promotes a replica of a primary that a quorum of observers holds to be down: the one that has most of its data. */
export class Promotion implements FailoverPolicy, PromotionPolicy {
  readonly promotion = this;
  readonly interval = INTERVAL;
  readonly #options: PromotionOptions;

  constructor(options: PromotionOptions) {
    this.#options = options;
  }

  /** The shard's requests wait for the replica. */
  failed(): FailoverVerdict {
    return { action: 'keep' };
  }

  isDoubtful({ silentFor, refusedFor }: PrimaryHealth): boolean {
    return silentFor >= this.#options.downAfter - MARGIN || refusedFor > 0;
  }

  isDown({ silentFor, refusedFor }: PrimaryHealth): boolean {
    return silentFor >= this.#options.downAfter || refusedFor >= this.#options.refusedAfter;
  }

  decides(votes: number, observers: number): boolean {
    return votes >= this.#options.quorum && votes * 2 > observers;
  }

  choose(candidates: readonly PromotionCandidate[], { silentFor }: PrimaryHealth): PromotionCandidate | null {
    const longest = silentFor + STALE * this.#options.downAfter;
    const fit = candidates.filter(({ state: { mayLead, lostFor } }) => mayLead && lostFor <= longest);
    return fit.reduce<PromotionCandidate | null>(
      (best, each) => (best === null || each.state.offset > best.state.offset ? each : best),
      null,
    );
  }
}
