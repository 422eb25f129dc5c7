import { FailureError } from '@shardmux/plugin-api';
import type { LinkClasses } from './link-classes.js';
import { LeasedLink, type PrivateLinkHome } from './private-link.js';
import type { ServerNode } from './server-node.js';

/** How long a connection is kept that nobody needs, in ms. */
const IDLE_TIME = 1_000;

/**
 * The connections of one pool that each belong to one session for a while.
 *
 *   lease ──► in use ──► released ──► idle ──► leased again
 *                │                     └─────► closed, when a second is over
 *                └─────► closed, with its session, its server or its connection
 */
export class PrivateLinks implements PrivateLinkHome {
  readonly #classes: LinkClasses;
  readonly #limit: number;
  readonly #inUse = new Set<LeasedLink>();
  #idle: LeasedLink[] = [];
  #reserved = 0;
  #timer: NodeJS.Timeout | null = null;
  /** Which of the idle ones were idle already when the timer was set. */
  #aged = 0;

  /** @param limit how many may be in use. */
  constructor(classes: LinkClasses, limit: number) {
    this.#classes = classes;
    this.#limit = limit;
  }

  /**
   * Counts links that a session has for itself in other ways; negative: has no longer.
   * @throws {FailureError} where there may not be as many.
   */
  reserve(count: number): void {
    if (this.#inUse.size + this.#reserved + count > this.#limit) throw new FailureError('privateLinks');
    this.#reserved += count;
  }

  /** @throws {FailureError} where as many are in use as may be. */
  lease(server: ServerNode, linkClass: number): LeasedLink {
    if (this.#inUse.size + this.#reserved >= this.#limit) throw new FailureError('privateLinks');
    const link = this.#takeIdle(server, linkClass) ?? this.#open(server, linkClass);
    this.#inUse.add(link);
    return link;
  }

  #open(server: ServerNode, linkClass: number): LeasedLink {
    return new LeasedLink(server, linkClass, this.#classes.at(linkClass), this);
  }

  /** The one that was used last, so that those which are too many grow old. */
  #takeIdle(server: ServerNode, linkClass: number): LeasedLink | null {
    const at = this.#idle.findLastIndex((link) => link.server === server && link.linkClass === linkClass);
    if (at < 0) return null;
    if (at < this.#aged) this.#aged--;
    return this.#idle.splice(at, 1)[0];
  }

  released(link: LeasedLink): void {
    this.#inUse.delete(link);
    this.#idle.push(link);
    this.#timer ??= setTimeout(() => this.#closeAged(), IDLE_TIME);
  }

  closed(link: LeasedLink): void {
    if (this.#inUse.delete(link)) return;
    const at = this.#idle.indexOf(link);
    if (at < this.#aged) this.#aged--;
    this.#idle.splice(at, 1);
  }

  #closeAged(): void {
    for (const link of this.#idle.slice(0, this.#aged)) link.close();
    this.#aged = this.#idle.length;
    this.#timer = this.#aged === 0 ? null : setTimeout(() => this.#closeAged(), IDLE_TIME);
  }

  /** Keys may have other servers. */
  routesChanged(): void {
    for (const link of this.#inUse) link.onRoutesChanged?.();
  }

  /** The server is not to be used any more, but for what cannot be asked elsewhere. */
  leave(server: ServerNode): void {
    for (const link of this.#idle.filter((each) => each.server === server)) link.close();
    for (const link of this.#inUse) if (link.server === server) link.onLeaving?.();
  }

  /** Likewise, and for nothing. */
  closeAllOf(server: ServerNode): void {
    for (const link of [...this.#inUse, ...this.#idle]) if (link.server === server) link.close();
  }

  close(): void {
    for (const link of [...this.#inUse, ...this.#idle]) link.close();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
