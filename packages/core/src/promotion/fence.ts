import { setTimeout as sleep } from 'node:timers/promises';
import type { PromotionPolicy } from '@shardmux/plugin-api';
import type { ServerNode } from '../dispatch/server-node.js';
import type { PrimaryWatch } from './primary-watch.js';
import type { Roles } from './roles.js';

/** How long whoever cannot ask the store waits for others to tell a primary what it is by now, in ms. */
const HOLD_OFF = 2_000;

/** Where primaries are used. */
export interface FencedServers {
  /** It is sent nothing more, and does not answer any more, until `release` or until another has its place. */
  hold(node: ServerNode): void;
  release(node: ServerNode): void;
}

/**
 * Keeps this process from using a primary that others may have given up.
 *
 *   used ──is doubtful, by the policy──► held ──is heard again──► asking ──► used, or another has its place
 *                                         ▲                         │
 *                                         └────── doubtful again ───┘
 *
 * What it asks is the store. Where that is away, it waits: who has replaced the primary makes it a replica as soon as
 * it can be reached.
 */
export class Fence {
  readonly #policy: PromotionPolicy;
  readonly #roles: Roles;
  readonly #servers: FencedServers;
  readonly #asking = new Set<PrimaryWatch>();

  constructor(policy: PromotionPolicy, roles: Roles, servers: FencedServers) {
    this.#policy = policy;
    this.#roles = roles;
    this.#servers = servers;
  }

  /** A primary was looked at. */
  looked(watch: PrimaryWatch): void {
    const { node } = watch;
    if (this.#policy.isDoubtful(watch.health)) {
      if (!node.isHeld) this.#servers.hold(node);
    } else if (node.isHeld && !this.#asking.has(watch)) {
      this.#asking.add(watch);
      void this.#ask(watch);
    }
  }

  async #ask(watch: PrimaryWatch): Promise<void> {
    if (!(await this.#roles.read())) await sleep(HOLD_OFF, undefined, { ref: false });
    this.#asking.delete(watch);
    if (watch.isOpen && !this.#policy.isDoubtful(watch.health)) this.#servers.release(watch.node);
  }
}
