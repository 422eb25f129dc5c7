import type { Membership, Subscriber, SubscriptionKind } from '@shardmux/plugin-api';
import type { Acknowledgement } from './acknowledgement.js';

/** Where messages come from: a server, over the one connection to it. */
export interface MessageSource {
  /** Its server sends messages of it. */
  carries(subscription: Subscription): boolean;
  /** Has the server do what is wanted, now or as soon as it can be reached, and tells what became of it. */
  ask(subscription: Subscription, isWanted: boolean, waiter: Acknowledgement | null): void;
}

/** One name that somebody has subscribed to, whoever and however many they are. */
export class Subscription {
  readonly kind: SubscriptionKind;
  readonly name: Uint8Array;
  /** The name as a key of maps. */
  readonly key: string;
  /** Who wants it: the servers are told of the first and of the last. */
  readonly claims = new Set<Membership>();
  /** Who is told of messages: who wants it and had that confirmed, or wants it no more and had not. */
  readonly audience = new Set<Subscriber>();
  /** Where its messages come from. */
  links: readonly MessageSource[] = [];

  constructor(kind: SubscriptionKind, name: Uint8Array, key: string) {
    this.kind = kind;
    this.name = name;
    this.key = key;
  }

  get isWanted(): boolean {
    return this.claims.size > 0;
  }

  get isForgotten(): boolean {
    return this.claims.size === 0 && this.audience.size === 0;
  }
}

/** Each byte as one character. */
export function keyOf(name: Uint8Array): string {
  return Buffer.from(name.buffer, name.byteOffset, name.length).toString('latin1');
}
