import type { PrimaryHealth, PromotionCandidate, PromotionPolicy } from '@shardmux/plugin-api';

/** A policy whose faults give nobody up. Each is told once as long as it goes on. */
export class ForgivenPolicy implements PromotionPolicy {
  readonly interval: number;
  readonly #policy: PromotionPolicy;
  readonly #told: (fault: string) => void;
  #fault = '';

  constructor(policy: PromotionPolicy, told: (fault: string) => void) {
    this.interval = policy.interval;
    this.#policy = policy;
    this.#told = told;
  }

  isDoubtful(health: PrimaryHealth): boolean {
    return this.#ask((policy) => policy.isDoubtful(health), false);
  }

  isDown(health: PrimaryHealth): boolean {
    return this.#ask((policy) => policy.isDown(health), false);
  }

  decides(votes: number, observers: number): boolean {
    return this.#ask((policy) => policy.decides(votes, observers), false);
  }

  choose(candidates: readonly PromotionCandidate[], health: PrimaryHealth): PromotionCandidate | null {
    return this.#ask((policy) => policy.choose(candidates, health), null);
  }

  #ask<Answer>(question: (policy: PromotionPolicy) => Answer, otherwise: Answer): Answer {
    try {
      return question(this.#policy);
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.#fault) this.#told(message);
      this.#fault = message;
      return otherwise;
    }
  }
}
