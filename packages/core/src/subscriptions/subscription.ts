import type { Subscriber, SubscriptionKind } from '@shardmux/plugin-api';
import type { Member } from './member.js';
import type { SubscriptionLink } from './subscription-link.js';

/** One name that somebody has subscribed to, whoever and however many they are. */
export class Subscription {
  readonly kind: SubscriptionKind;
  readonly name: Uint8Array;
  /** The name as a key of maps. */
  readonly key: string;
  /** Who wants it: the servers are told of the first and of the last. */
  readonly claims = new Set<Member>();
  /** Who is told of messages: who wants it and had that confirmed, or wants it no more and had not. */
  readonly audience = new Set<Subscriber>();
  /** To the servers that its messages come from. */
  links: readonly SubscriptionLink[] = [];

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
