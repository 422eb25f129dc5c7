import {
  type Failure,
  FailureError,
  type Membership,
  type Subscriber,
  SubscriptionKind,
} from '@shardmux/plugin-api';
import type { Acknowledgement } from './acknowledgement.js';
import { finishInOrder, type Step } from './change.js';
import { keyOf, type Subscription } from './subscription.js';

/** What a member must know of its hub. */
export interface Claims {
  /** The member wants this. */
  claim(kind: SubscriptionKind, name: Uint8Array, member: Membership): Subscription;
  /** Has its servers do what is wanted of them now, though they may have done it: their answer tells that they got so far. */
  ask(subscription: Subscription): Acknowledgement;
  /** As `Membership.unsubscribe`, and nobody waits for it. */
  release(subscription: Subscription, member: Membership, subscriber: Subscriber): void;
  /** If nobody has to do with it any more. */
  forget(subscription: Subscription): void;
}

/**
 * One subscriber, and what it has subscribed to.
 *
 *   subscribe ──► claimed ── servers confirm ──► held: messages come ── unsubscribe ──► not claimed
 *                    └── none can ──► let go                                                │
 *                                              servers confirm: messages come no more ◄─────┘
 */
export class Member implements Membership {
  readonly #claims: Claims;
  readonly #subscriber: Subscriber;
  readonly #held = Object.values(SubscriptionKind).map(() => new Map<string, Subscription>());
  #hasLeft = false;

  constructor(claims: Claims, subscriber: Subscriber) {
    this.#claims = claims;
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
      const subscription = this.#claims.claim(kind, name, this);
      const acknowledgement = this.#claims.ask(subscription);
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
      this.#claims.release(subscription, this, this.#subscriber);
      return;
    }
    const { kind, name, key } = subscription;
    this.#held[kind].set(key, subscription);
    subscription.audience.add(this.#subscriber);
    this.#subscriber.subscribed(kind, name);
  }

  #giveUp(subscription: Subscription, { problem }: Acknowledgement): Uint8Array | Failure {
    this.#claims.release(subscription, this, this.#subscriber);
    return problem as Uint8Array | Failure;
  }

  async unsubscribe(kind: SubscriptionKind, names: readonly Uint8Array[]): Promise<void> {
    const steps = names.map((name): Step => {
      const subscription = this.#held[kind].get(keyOf(name));
      if (subscription === undefined)
        return { acknowledgement: null, finish: () => this.#subscriber.unsubscribed(kind, name) };
      subscription.claims.delete(this);
      return { acknowledgement: this.#claims.ask(subscription), finish: () => this.#end(subscription) };
    });
    await finishInOrder(steps);
  }

  #end(subscription: Subscription): void {
    if (this.#hasLeft) return;
    const { kind, name, key } = subscription;
    this.#held[kind].delete(key);
    subscription.audience.delete(this.#subscriber);
    this.#claims.forget(subscription);
    this.#subscriber.unsubscribed(kind, name);
  }

  leave(): void {
    this.#hasLeft = true;
    for (const held of this.#held) {
      for (const subscription of held.values()) this.#claims.release(subscription, this, this.#subscriber);
      held.clear();
    }
  }
}
