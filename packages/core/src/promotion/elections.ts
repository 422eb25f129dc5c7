import type { PromotionPolicy } from '@shardmux/plugin-api';
import { candidatesOf } from './candidates.js';
import type { Observers } from './observers.js';
import type { PrimaryWatch } from './primary-watch.js';
import type { ReplicationLinks } from './replication-links.js';
import type { Roles } from './roles.js';

export interface ElectionsParts {
  readonly policy: PromotionPolicy;
  readonly roles: Roles;
  readonly observers: Observers;
  readonly links: ReplicationLinks;
  readonly warn: (message: string) => void;
  /** A shard has another primary now, by this process's doing. */
  readonly decided: (shard: string) => void;
}

/**
 * Gives up primaries for their replicas, together with all other observers.
 *
 *   well ──is down, by the policy──► vote ──enough votes──► election ──compare-and-set──► the replica is the primary
 *    ▲                                │                        │
 *    └────── it is heard again ───────┘                        └── another observer was first, or no replica is fit
 *
 * Several observers may hold the election of one shard at once: the store takes one decision.
 */
export class Elections {
  readonly #parts: ElectionsParts;
  /** By shard, its primary that is down. */
  readonly #down = new Map<string, PrimaryWatch>();
  readonly #underWay = new Set<string>();
  /** By shard, what was said last of why nobody takes over. */
  readonly #obstacles = new Map<string, string>();

  constructor(parts: ElectionsParts) {
    this.#parts = parts;
  }

  /** A primary was looked at. */
  looked(watch: PrimaryWatch): void {
    const isDown = this.#parts.policy.isDown(watch.health);
    if (isDown && !this.#isDown(watch)) this.#giveUp(watch);
    else if (!isDown && this.#isDown(watch)) this.#takeBack(watch);
    if (isDown) this.#count(watch);
  }

  /** It is no primary any more, or nobody watches it. */
  forget(watch: PrimaryWatch): void {
    this.#obstacles.delete(watch.shard);
    if (!this.#isDown(watch)) return;
    this.#down.delete(watch.shard);
    this.#vote();
  }

  /** Others may have voted. */
  votesChanged(): void {
    for (const watch of this.#down.values()) this.#count(watch);
  }

  #isDown(watch: PrimaryWatch): boolean {
    return this.#down.get(watch.shard) === watch;
  }

  #giveUp(watch: PrimaryWatch): void {
    this.#parts.warn(`the primary of ${watch.label} is down`);
    this.#down.set(watch.shard, watch);
    this.#vote();
  }

  #takeBack(watch: PrimaryWatch): void {
    this.#parts.warn(`the primary of ${watch.label} is not down any more`);
    this.forget(watch);
  }

  #vote(): void {
    this.#parts.observers.vote(
      Object.fromEntries(Array.from(this.#down, ([shard, { address }]) => [shard, address])),
    );
  }

  #count(watch: PrimaryWatch): void {
    const { policy, observers } = this.#parts;
    const { shard } = watch;
    if (!observers.isAlive || this.#underWay.has(shard)) return;
    const votes = observers.votesAgainst(shard, watch.address);
    if (!policy.decides(votes, observers.count)) {
      this.#hinder(watch, `${votes} of ${observers.count} observers hold it to be down`);
      return;
    }
    this.#underWay.add(shard);
    void this.#elect(watch, votes).finally(() => this.#underWay.delete(shard));
  }

  async #elect(watch: PrimaryWatch, votes: number): Promise<void> {
    const { policy, roles, observers, links, decided } = this.#parts;
    const { shard, label } = watch;
    if (!(await roles.read())) return;
    const role = roles.of(shard);
    const { description } = watch.node;
    const candidates = await candidatesOf(description, watch.state, links);
    const chosen = policy.choose(candidates, watch.health);
    if (!this.#isDown(watch) || !observers.isAlive) return;
    if (chosen === null) {
      this.#hinder(watch, `none of its ${description.replicas?.length ?? 0} replicas is fit`);
      return;
    }
    this.#parts.warn(
      `${chosen.address} is to take over from ${label}, by ${votes} of ${observers.count} observers`,
    );
    if (await roles.decide(shard, chosen.address, role)) decided(shard);
  }

  /** Told once as long as it is so. */
  #hinder({ shard, label }: PrimaryWatch, obstacle: string): void {
    if (this.#obstacles.get(shard) === obstacle) return;
    this.#obstacles.set(shard, obstacle);
    this.#parts.warn(`nobody takes over from ${label} yet: ${obstacle}`);
  }
}
