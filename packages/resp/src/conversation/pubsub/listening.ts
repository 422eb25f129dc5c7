import {
  type ConversationClient,
  type ErrandHost,
  FailureError,
  type Membership,
  type Subscriber,
  SubscriptionKind,
} from '@shardmux/plugin-api';
import { ASTERISK, ascii, GREATER } from '../../ascii.js';
import { failureReply } from '../../errors.js';
import { kindPrefixes } from '../../subscriptions/subscription-codec.js';
import { bulk, integer, nil, type Protocol } from '../replies.js';

const subscribe = kindPrefixes.map((prefix) => bulk(ascii(`${prefix}subscribe`)));
const unsubscribe = kindPrefixes.map((prefix) => bulk(ascii(`${prefix}unsubscribe`)));

const NOTHING = new Uint8Array(0);

/** Who listens. */
interface Listener {
  readonly client: ConversationClient;
  readonly protocol: Protocol;
}

/**
 * What one client listens to.
 *
 *   replies that are owed ◄── the change, whose reply is empty ◄── messages and confirmations, as they come
 *
 * All that comes is pushed, in the order in which the servers sent it: so no message comes before the confirmation of
 * its subscription, and none after that it has ended.
 */
export class Listening implements Subscriber {
  readonly #listener: Listener;
  #membership: Membership | null = null;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  /** How many names of any kind. */
  get total(): number {
    return this.#stated(SubscriptionKind.channel) + this.#stated(SubscriptionKind.shardChannel);
  }

  count(kind: SubscriptionKind): number {
    return this.#membership?.count(kind) ?? 0;
  }

  names(kind: SubscriptionKind): Uint8Array[] {
    return this.#membership?.names(kind) ?? [];
  }

  /** @returns the reply of the command that asks for it. */
  async change(host: ErrandHost, make: (membership: Membership) => Promise<unknown>): Promise<Uint8Array> {
    this.#membership ??= host.subscriptions.join(this);
    const problem = await make(this.#membership).catch(replyTo);
    if (problem instanceof Uint8Array) this.#send(problem, 0, problem.length);
    return NOTHING;
  }

  leave(): void {
    this.#membership?.leave();
    this.#membership = null;
  }

  // ─── Subscriber ───────────────────────────────────────────────────────────

  deliver(bytes: Uint8Array, start: number, end: number): void {
    bytes[start] = this.#mark;
    this.#send(bytes, start, end);
  }

  subscribed(kind: SubscriptionKind, name: Uint8Array): void {
    const confirmation = this.confirmation(subscribe[kind], kind, name);
    this.#send(confirmation, 0, confirmation.length);
  }

  unsubscribed(kind: SubscriptionKind, name: Uint8Array): void {
    const confirmation = this.unsubscription(kind, name);
    this.#send(confirmation, 0, confirmation.length);
  }

  /** @param name `null`: there was none to unsubscribe from. */
  unsubscription(kind: SubscriptionKind, name: Uint8Array | null): Uint8Array {
    return this.confirmation(unsubscribe[kind], kind, name);
  }

  private confirmation(word: Uint8Array, kind: SubscriptionKind, name: Uint8Array | null): Uint8Array {
    const subject = name === null ? nil(this.#listener.protocol) : bulk(name);
    const head = Uint8Array.of(this.#mark, 0x33, 0x0d, 0x0a);
    return Buffer.concat([head, word, subject, integer(this.#stated(kind))]);
  }

  /** As confirmations count: channels and patterns together, shard channels by themselves. */
  #stated(kind: SubscriptionKind): number {
    if (kind === SubscriptionKind.shardChannel) return this.count(kind);
    return this.count(SubscriptionKind.channel) + this.count(SubscriptionKind.pattern);
  }

  get #mark(): number {
    return this.#listener.protocol === 3 ? GREATER : ASTERISK;
  }

  #send(bytes: Uint8Array, start: number, end: number): void {
    this.#listener.client.push(bytes, start, end);
  }
}

function replyTo(error: unknown): Uint8Array {
  if (error instanceof FailureError) return failureReply(error.failure);
  throw error;
}
