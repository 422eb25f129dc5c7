import type {
  Audience,
  ChannelPlacement,
  Codec,
  Membership,
  Subscriber,
  SubscriptionCodec,
  Subscriptions,
} from '@shardmux/plugin-api';
import { SubscriptionKind } from '@shardmux/plugin-api';
import type { LinkClass } from '../dispatch/link-class.js';
import type { LinkClasses } from '../dispatch/link-classes.js';
import type { ServerNode } from '../dispatch/server-node.js';
import type { RouteTable } from '../routing/route-table.js';
import { Acknowledgement } from './acknowledgement.js';
import { type Claims, Member } from './member.js';
import { keyOf, type MessageSource, Subscription } from './subscription.js';
import { type MessageTarget, SubscriptionLink } from './subscription-link.js';

/** What the hub must know of its pool. */
export interface SubscriptionSource {
  /** In force just now; `null` where no node is in service. */
  readonly table: RouteTable<ServerNode> | null;
  readonly channels: ChannelPlacement;
}

/**
 * All subscriptions of one pool: clients share them, over one connection to each server.
 *
 *   Member ──claims──► Subscription ──► SubscriptionLink ──► server
 *   Subscriber ◄──audience──┘  ◄── messages ──┘
 */
export class SubscriptionHub implements Claims, MessageTarget, Subscriptions {
  readonly codec: SubscriptionCodec;
  readonly #source: SubscriptionSource;
  readonly #class: LinkClass;
  /** By kind and name. */
  readonly #subscriptions = Object.values(SubscriptionKind).map(() => new Map<string, Subscription>());
  readonly #links = new Map<ServerNode, SubscriptionLink>();

  constructor(codec: SubscriptionCodec, source: SubscriptionSource, linkClass: LinkClass) {
    this.codec = codec;
    this.#source = source;
    this.#class = linkClass;
  }

  /** `null` where the codec has none. */
  static of(
    { subscriptions }: Codec,
    source: SubscriptionSource,
    classes: LinkClasses,
  ): SubscriptionHub | null {
    return subscriptions ? new SubscriptionHub(subscriptions, source, classes.plain) : null;
  }

  join(subscriber: Subscriber): Membership {
    return new Member(this, subscriber);
  }

  audienceOf(kind: SubscriptionKind, name: Uint8Array): Audience {
    const subscription = this.#subscriptions[kind].get(keyOf(name));
    if (subscription === undefined) return { subscribers: 0, links: 0 };
    const { audience, links } = subscription;
    return { subscribers: audience.size, links: links.filter((link) => link.carries(subscription)).length };
  }

  // ─── Claims ───────────────────────────────────────────────────────────────

  claim(kind: SubscriptionKind, name: Uint8Array, member: Membership): Subscription {
    const key = keyOf(name);
    const known = this.#subscriptions[kind].get(key);
    const subscription = known ?? new Subscription(kind, name, key);
    if (known === undefined) {
      subscription.links = this.#linksFor(subscription);
      this.#subscriptions[kind].set(key, subscription);
    }
    subscription.claims.add(member);
    return subscription;
  }

  ask(subscription: Subscription): Acknowledgement {
    const { links, isWanted } = subscription;
    const acknowledgement = new Acknowledgement(links.length);
    for (const link of links) link.ask(subscription, isWanted, acknowledgement);
    return acknowledgement;
  }

  release(subscription: Subscription, member: Membership, subscriber: Subscriber): void {
    subscription.audience.delete(subscriber);
    if (!subscription.claims.delete(member)) return;
    if (!subscription.isWanted) for (const link of subscription.links) link.ask(subscription, false, null);
    this.forget(subscription);
  }

  forget({ kind, key, isForgotten }: Subscription): void {
    if (isForgotten) this.#subscriptions[kind].delete(key);
  }

  // ─── MessageTarget ────────────────────────────────────────────────────────

  deliver(kind: SubscriptionKind, key: string, bytes: Uint8Array, start: number, end: number): void {
    const subscription = this.#subscriptions[kind].get(key);
    if (subscription === undefined) return;
    for (const subscriber of subscription.audience) subscriber.deliver(bytes, start, end);
  }

  // ─── servers ──────────────────────────────────────────────────────────────

  /** Channels may be on other servers now. */
  routesChanged(): void {
    for (const subscriptions of this.#subscriptions) {
      for (const subscription of subscriptions.values()) this.#move(subscription);
    }
    const nodes = this.#source.table?.nodes ?? [];
    for (const [node, link] of this.#links) {
      if (nodes.includes(node)) continue;
      link.close();
      this.#links.delete(node);
    }
  }

  #move(subscription: Subscription): void {
    const before = subscription.links;
    const after = this.#linksFor(subscription);
    subscription.links = after;
    for (const link of before) if (!after.includes(link)) link.ask(subscription, false, null);
    if (!subscription.isWanted) return;
    for (const link of after) if (!before.includes(link)) link.ask(subscription, true, null);
  }

  #linksFor({ kind, name }: Subscription): MessageSource[] {
    const { table, channels } = this.#source;
    if (table === null) return [];
    const isPlaced = kind !== SubscriptionKind.shardChannel;
    if (this.codec.comesFromAll(kind, name) || (isPlaced && channels === 'all'))
      return table.nodes.map((node) => this.#linkTo(node));
    const owner = isPlaced && channels === 'one' ? 0 : table.locate(name, 0, name.length);
    return owner < 0 ? [] : [this.#linkTo(table.nodes[owner])];
  }

  #linkTo(node: ServerNode): SubscriptionLink {
    let link = this.#links.get(node);
    if (link === undefined) {
      link = new SubscriptionLink(this, node, this.#class);
      this.#links.set(node, link);
    }
    return link;
  }

  close(): void {
    for (const link of this.#links.values()) link.close();
    this.#links.clear();
  }
}
