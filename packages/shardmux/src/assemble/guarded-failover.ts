import { inspect } from 'node:util';
import type { FailoverPolicy, FailoverVerdict, NodeFailure } from '@shardmux/plugin-api';
import type { Culprit } from './culprit.js';
import { GuardedPromotion } from './guarded-promotion.js';

/** The longest time that a timer of Node waits, in ms; a longer one ends at once. */
const LONGEST_WAIT = 2 ** 31 - 1;

/** Looks at each verdict of a plugin, before a node leaves the ring for what is no time. */
export class GuardedFailover implements FailoverPolicy {
  readonly rehashes: boolean;
  readonly follows: boolean;
  readonly promotion: GuardedPromotion | undefined;
  readonly #policy: FailoverPolicy;
  readonly #culprit: Culprit;

  /** @throws {PluginError} as the constructor of `GuardedPromotion`. */
  constructor(policy: FailoverPolicy, culprit: Culprit) {
    this.rehashes = policy.rehashes ?? true;
    this.follows = policy.follows ?? false;
    this.promotion = policy.promotion && new GuardedPromotion(policy.promotion, culprit);
    this.#policy = policy;
    this.#culprit = culprit;
  }

  /** @throws {PluginError} `SHARDMUX_PLUGIN_FAILED` with what the plugin threw, `SHARDMUX_PLUGIN_BROKEN`. */
  failed(failure: NodeFailure): FailoverVerdict {
    const verdict = this.#ask(failure);
    if (isVerdict(verdict)) return verdict;
    throw this.#culprit.broke(
      `must answer { action: 'keep' } or { action: 'eject', probeAfter: 1 to ${LONGEST_WAIT} }, not ${inspect(verdict)}`,
    );
  }

  #ask(failure: NodeFailure): FailoverVerdict {
    try {
      return this.#policy.failed(failure);
    } catch (cause) {
      throw this.#culprit.failed(`has no verdict on ${failure.node}`, cause);
    }
  }
}

function isVerdict(verdict: Partial<FailoverVerdict> | null | undefined): verdict is FailoverVerdict {
  if (verdict?.action === 'keep') return true;
  if (verdict?.action !== 'eject') return false;
  const { probeAfter } = verdict;
  return typeof probeAfter === 'number' && probeAfter > 0 && probeAfter <= LONGEST_WAIT;
}
