import { inspect } from 'node:util';
import type { PrimaryHealth, PromotionCandidate, PromotionPolicy } from '@shardmux/plugin-api';
import type { Culprit } from './culprit.js';

/** The longest time that a timer of Node waits, in ms. */
const LONGEST_WAIT = 2 ** 31 - 1;

/** Looks at what a plugin says of primaries, before one is given up. */
export class GuardedPromotion implements PromotionPolicy {
  readonly interval: number;
  readonly #policy: PromotionPolicy;
  readonly #culprit: Culprit;

  /** @throws {PluginError} `SHARDMUX_PLUGIN_BROKEN` where its interval is none. */
  constructor(policy: PromotionPolicy, culprit: Culprit) {
    const { interval } = policy;
    if (typeof interval !== 'number' || !(interval >= 1 && interval <= LONGEST_WAIT))
      throw culprit.broke(
        `must have a promotion with an interval of 1 to ${LONGEST_WAIT} ms, not ${inspect(interval)}`,
      );
    this.interval = interval;
    this.#policy = policy;
    this.#culprit = culprit;
  }

  /** @throws {PluginError} `SHARDMUX_PLUGIN_FAILED` with what the plugin threw; so all others. */
  isDoubtful(health: PrimaryHealth): boolean {
    return this.#ask((policy) => policy.isDoubtful(health)) === true;
  }

  isDown(health: PrimaryHealth): boolean {
    return this.#ask((policy) => policy.isDown(health)) === true;
  }

  decides(votes: number, observers: number): boolean {
    return this.#ask((policy) => policy.decides(votes, observers)) === true;
  }

  /** @throws {PluginError} `SHARDMUX_PLUGIN_BROKEN` also, where it chooses somebody else. */
  choose(candidates: readonly PromotionCandidate[], health: PrimaryHealth): PromotionCandidate | null {
    const chosen = this.#ask((policy) => policy.choose(candidates, health));
    if (chosen === null || candidates.includes(chosen)) return chosen;
    throw this.#culprit.broke(`must choose one of the candidates, or null, and chose ${inspect(chosen)}`);
  }

  #ask<Answer>(question: (policy: PromotionPolicy) => Answer): Answer {
    try {
      return question(this.#policy);
    } catch (cause) {
      throw this.#culprit.failed('cannot say who is to be promoted', cause);
    }
  }
}
