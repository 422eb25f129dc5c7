import type { Failure, SubscriptionCodec, SubscriptionKind } from '@shardmux/plugin-api';
import type { Acknowledgement } from './acknowledgement.js';
import type { Subscription } from './subscription.js';

interface Owed {
  /** `null`: only a sign of life is asked for. */
  readonly subscription: Subscription | null;
  readonly waiter: Acknowledgement | null;
}

/** What one link has asked its server and was not answered, which it is in this order. */
export class SubscriptionRequests {
  readonly #codec: SubscriptionCodec;
  #owed: Owed[] = [];
  /** How many of them are answered: they are dropped when all are. */
  #answered = 0;
  #unsent: Uint8Array[] = [];

  constructor(codec: SubscriptionCodec) {
    this.#codec = codec;
  }

  get isEmpty(): boolean {
    return this.#owed.length === 0;
  }

  push(subscription: Subscription, isWanted: boolean, waiter: Acknowledgement | null): void {
    const { kind, name } = subscription;
    this.#owed.push({ subscription, waiter });
    this.#unsent.push(isWanted ? this.#codec.subscribe(kind, name) : this.#codec.unsubscribe(kind, name));
  }

  probe(request: Uint8Array): void {
    this.#owed.push({ subscription: null, waiter: null });
    this.#unsent.push(request);
  }

  /** A connection is new: asks for all that is not being asked for already. */
  restore(wanted: ReadonlySet<Subscription>): void {
    const asked = new Set(this.#owed.map(({ subscription }) => subscription));
    for (const subscription of wanted) if (!asked.has(subscription)) this.push(subscription, true, null);
  }

  takeUnsent(): Uint8Array {
    const bytes = Buffer.concat(this.#unsent);
    this.#unsent = [];
    return bytes;
  }

  /** False: it does not answer what was asked first. */
  confirmed(kind: SubscriptionKind, key: string): boolean {
    const subscription = this.#owed[this.#answered]?.subscription;
    if (!subscription || subscription.kind !== kind || subscription.key !== key) return false;
    this.#shift().waiter?.confirmed();
    return true;
  }

  /** @param refusal the server's error reply; `null` for a sign of life. False: nothing was asked. */
  answered(refusal: Uint8Array | null): boolean {
    if (this.isEmpty) return false;
    const { waiter } = this.#shift();
    if (refusal !== null) waiter?.failed(refusal);
    return true;
  }

  #shift(): Owed {
    const first = this.#owed[this.#answered++];
    if (this.#answered === this.#owed.length) {
      this.#owed = [];
      this.#answered = 0;
    }
    return first;
  }

  failAll(failure: Failure): void {
    const owed = this.#owed.slice(this.#answered);
    this.#owed = [];
    this.#answered = 0;
    this.#unsent = [];
    for (const { waiter } of owed) waiter?.failed(failure);
  }
}
