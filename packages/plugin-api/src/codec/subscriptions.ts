/** What can be subscribed to. */
export const SubscriptionKind = {
  channel: 0,
  /** All channels whose names match. */
  pattern: 1,
  /** A channel that lies where a key of its name would, whatever the pool says of channels. */
  shardChannel: 2,
} as const;

export type SubscriptionKind = (typeof SubscriptionKind)[keyof typeof SubscriptionKind];

/**
 * On which servers channels are.
 *
 * - `hashed`: on that of a key of their name.
 * - `one`: on the first in service.
 * - `all`: published on the one that hashing says, and heard from every one.
 */
export type ChannelPlacement = 'hashed' | 'one' | 'all';

/** What a server sends on a connection that has subscriptions. */
export const SubscriptionFrame = {
  /** Was published. */
  message: 0,
  /** A request to subscribe or to unsubscribe was done. */
  confirmation: 1,
  /** A request was refused: an error reply. */
  refusal: 2,
  /** Answers the codec's probe. */
  other: 3,
} as const;

export type SubscriptionFrame = (typeof SubscriptionFrame)[keyof typeof SubscriptionFrame];

/** What a codec knows of subscriptions. Requests are answered in their order; messages come at any time. */
export interface SubscriptionCodec {
  /** A request for one name, which has one answer. Subscribing to what is subscribed to does no harm. */
  subscribe(kind: SubscriptionKind, name: Uint8Array): Uint8Array;
  /** Likewise. */
  unsubscribe(kind: SubscriptionKind, name: Uint8Array): Uint8Array;
  /** What is published there may come from any server, and not only from that of a key of its name. */
  comesFromAll(kind: SubscriptionKind, name: Uint8Array): boolean;
  createReader(): SubscriptionReader;
}

/** Says what a whole frame is. Allocates nothing. */
export interface SubscriptionReader {
  read(bytes: Uint8Array, start: number, end: number): SubscriptionFrame;
  /** Of the message or the confirmation that was read last. */
  readonly kind: SubscriptionKind;
  /** Where the name lies that was subscribed to: of a pattern's message, the pattern. */
  readonly nameStart: number;
  readonly nameEnd: number;
}

/** Who listens. Is called in the order in which the servers spoke. */
export interface Subscriber {
  /**
   * A message, as the server sent it. The bytes are the subscriber's own only until it returns; it may write to the
   * frame's first one.
   */
  deliver(bytes: Uint8Array, start: number, end: number): void;
  /** From here on messages come. */
  subscribed(kind: SubscriptionKind, name: Uint8Array): void;
  /** No more come. */
  unsubscribed(kind: SubscriptionKind, name: Uint8Array): void;
}

/** What one subscriber has subscribed to. Only one change may be under way. */
export interface Membership {
  count(kind: SubscriptionKind): number;
  /** In the order in which they were subscribed to. */
  names(kind: SubscriptionKind): Uint8Array[];
  /**
   * The subscriber is told of each name, in this order, when its servers have confirmed it. Of a name on several
   * servers those that cannot be reached hear of it when they can be again.
   *
   * Resolves when all are done: with `null`, or with the error reply of a server that refused one.
   * @throws {FailureError} where no server of a name can be reached; the others are subscribed to all the same.
   */
  subscribe(kind: SubscriptionKind, names: readonly Uint8Array[]): Promise<Uint8Array | null>;
  /**
   * The subscriber is told of each name, in this order, whether it was subscribed to or not. What was published before
   * has been delivered then.
   */
  unsubscribe(kind: SubscriptionKind, names: readonly Uint8Array[]): Promise<void>;
  /** Lets go of all, at once; the subscriber is called no more. */
  leave(): void;
}

/** Who listens to one name within a pool. */
export interface Audience {
  readonly subscribers: number;
  /** Connections to servers that listen on their behalf. */
  readonly links: number;
}

/** All subscriptions of one pool. */
export interface Subscriptions {
  join(subscriber: Subscriber): Membership;
  audienceOf(kind: SubscriptionKind, name: Uint8Array): Audience;
}
