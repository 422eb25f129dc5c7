import type { FailoverPolicy, FailoverVerdict, NodeFailure } from '@shardmux/plugin-api';
import type { LinkClass } from '../dispatch/link-class.js';
import type { ServerNode } from '../dispatch/server-node.js';
import { SideLink } from '../dispatch/side-link.js';
import type { Logger } from '../logger.js';
import { ServerField } from '../stats/counters.js';

/** Silence of this many ms is a failed probe, where the pool has no timeout of its own. */
const PROBE_TIMEOUT = 1_000;

/** Is told when a node leaves the ring and when it returns. */
export interface HealthObserver {
  ejected(node: ServerNode, probeAfter: number): void;
  restored(node: ServerNode): void;
  /** This process came to the verdict by itself: the node is to be probed after so many ms, or (`null`) is back. */
  decided(node: ServerNode, probeAfter: number | null): void;
}

/**
 * Whether one node is in service, in the eyes of this process.
 *
 *          failed, and the policy says eject            after `probeAfter` ms
 *   live ────────────────────────────────────► ejected ──────────────────────► probing
 *     ▲                                           ▲                              │ │
 *     │                                           └────────── no answer ─────────┘ │
 *     └───────────────────────────────── healthy ──────────────────────────────────┘
 *
 * One such machine per node, however many connections it has: so one fault is never counted twice, and a node
 * comes back for all at once.
 */
export class NodeHealth {
  readonly #node: ServerNode;
  readonly #linkClass: LinkClass;
  readonly #observer: HealthObserver;
  readonly #policy: FailoverPolicy;
  readonly #logger: Logger;
  #live = true;
  #timer: NodeJS.Timeout | null = null;
  #probe: SideLink | null = null;

  constructor(
    node: ServerNode,
    linkClass: LinkClass,
    policy: FailoverPolicy,
    observer: HealthObserver,
    logger: Logger,
  ) {
    this.#node = node;
    this.#linkClass = linkClass;
    this.#observer = observer;
    this.#policy = policy;
    this.#logger = logger;
  }

  get isLive(): boolean {
    return this.#live;
  }

  failed(failure: NodeFailure): void {
    if (!this.#live) return;
    const verdict = this.#judge(failure);
    if (verdict.action !== 'eject') return;
    this.eject(verdict.probeAfter);
    this.#observer.decided(this.#node, verdict.probeAfter);
  }

  /** Where the policy has no verdict, the node stays. */
  #judge(failure: NodeFailure): FailoverVerdict {
    try {
      return this.#policy.failed(failure);
    } catch (error) {
      this.#logger.error(`server ${this.#node.name} stays in the ring: ${(error as Error).message}`);
      return { action: 'keep' };
    }
  }

  /** Takes the node out of the ring until a probe finds it healthy, here or in another process. */
  eject(probeAfter: number): void {
    if (!this.#live) return;
    this.#live = false;
    this.#node.counters[ServerField.serverEjectedAt] = Date.now() * 1000;
    this.#logger.warn(`ejected server ${this.#node.name}, next probe in ${probeAfter} ms`);
    this.#observer.ejected(this.#node, probeAfter);
    this.#probeLater(probeAfter);
  }

  restore(): void {
    if (this.#live) return;
    this.stop();
    this.#live = true;
    this.#node.forgive();
    this.#logger.info(`server ${this.#node.name} answers again and is back`);
    this.#observer.restored(this.#node);
  }

  #foundHealthy(): void {
    this.restore();
    this.#observer.decided(this.#node, null);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const probe = this.#probe;
    this.#probe = null;
    probe?.close();
  }

  #probeLater(after: number): void {
    this.#timer = setTimeout(() => void this.#look(after), after);
  }

  async #look(after: number): Promise<void> {
    const probe = new SideLink(this.#linkClass, this.#node.endpoint);
    this.#probe = probe;
    const isHealthy = await probe.isHealthy(this.#linkClass.timeout || PROBE_TIMEOUT);
    probe.close();
    if (this.#probe !== probe) return;
    this.#probe = null;
    if (isHealthy) this.#foundHealthy();
    else this.#probeLater(after);
  }
}
