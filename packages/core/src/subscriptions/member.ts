import {
  type Failure,
  FailureError,
  type Membership,
  type Subscriber,
  SubscriptionKind,
} from '@shardmux/plugin-api';
import type { Acknowledgement } from './acknowledgement.js';
import { finishInOrder, type Step } from './change.js';
import type { SubscriptionHub } from './hub.js';
import { keyOf, type Subscription } from './subscription.js';

/**
 * One subscriber, and what it has subscribed to.
 *
 *   subscribe ──► claimed ── servers confirm ──► held: messages come ── unsubscribe ──► not claimed
 *                    └── none can ──► let go                                                │
 *                                              servers confirm: messages come no more ◄─────┘
 */
export class Member implements Membership {
  readonly #hub: SubscriptionHub;
  readonly #subscriber: Subscriber;
  readonly #held = Object.values(SubscriptionKind).map(() => new Map<string, Subscription>());
  #hasLeft = false;

  constructor(hub: SubscriptionHub, subscriber: Subscriber) {
    this.#hub = hub;
    this.#subscriber = subscriber;
  }

  count(kind: SubscriptionKind): number {
    return this.#held[kind].size;
  }

  names(kind: SubscriptionKind): Uint8Array[] {
    return Array.from(this.#held[kind].values(), ({ name }) => name);
  }

  async subscribe(kind: SubscriptionKind, names: readonly Uint8Array[]): Promise<Uint8Array | null> {
    const problems: (Uint8Array | Failure)[] = [];
    const steps = names.map((name): Step => {
      if (this.#held[kind].has(keyOf(name)))
        return { acknowledgement: null, finish: () => this.#subscriber.subscribed(kind, name) };
      const subscription = this.#hub.claim(kind, name, this);
      const acknowledgement = this.#hub.ask(subscription);
      return {
        acknowledgement,
        finish: () => {
          if (acknowledgement.stands) this.#begin(subscription);
          else problems.push(this.#giveUp(subscription, acknowledgement));
        },
      };
    });
    await finishInOrder(steps);
    if (problems.length === 0) return null;
    const [problem] = problems;
    if (problem instanceof Uint8Array) return problem;
    throw new FailureError(problem);
  }

  #begin(subscription: Subscription): void {
    if (this.#hasLeft) {
      this.#hub.release(subscription, this, this.#subscriber);
      return;
    }
    const { kind, name, key } = subscription;
    this.#held[kind].set(key, subscription);
    subscription.audience.add(this.#subscriber);
    this.#subscriber.subscribed(kind, name);
  }

  #giveUp(subscription: Subscription, { problem }: Acknowledgement): Uint8Array | Failure {
    this.#hub.release(subscription, this, this.#subscriber);
    return problem as Uint8Array | Failure;
  }

  async unsubscribe(kind: SubscriptionKind, names: readonly Uint8Array[]): Promise<void> {
    const steps = names.map((name): Step => {
      const subscription = this.#held[kind].get(keyOf(name));
      if (subscription === undefined)
        return { acknowledgement: null, finish: () => this.#subscriber.unsubscribed(kind, name) };
      subscription.claims.delete(this);
      return { acknowledgement: this.#hub.ask(subscription), finish: () => this.#end(subscription) };
    });
    await finishInOrder(steps);
  }

  #end(subscription: Subscription): void {
    if (this.#hasLeft) return;
    const { kind, name, key } = subscription;
    this.#held[kind].delete(key);
    subscription.audience.delete(this.#subscriber);
    this.#hub.forget(subscription);
    this.#subscriber.unsubscribed(kind, name);
  }

  leave(): void {
    this.#hasLeft = true;
    for (const held of this.#held) {
      for (const subscription of held.values()) this.#hub.release(subscription, this, this.#subscriber);
      held.clear();
    }
  }
}
