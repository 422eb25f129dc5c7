import { randomUUID } from 'node:crypto';
import {
  ConfigError,
  type CoordinationStore,
  type PromotionPolicy,
  type Replication,
  type TopologySource,
} from '@shardmux/plugin-api';
import type { NumberedClasses, ServerNode } from '../dispatch/server-node.js';
import type { Logger } from '../logger.js';
import type { PoolOptions } from '../pool-options.js';
import { Elections } from './elections.js';
import { Fence, type FencedServers } from './fence.js';
import { ForgivenPolicy } from './forgiven-policy.js';
import { Observers } from './observers.js';
import { PrimaryWatch } from './primary-watch.js';
import { PromotedTopology } from './promoted-topology.js';
import { ReplicationKeeper } from './replication-keeper.js';
import { ReplicationLinks } from './replication-links.js';
import { Roles } from './roles.js';

/** Whose servers are watched. */
export interface PromotionHome extends FencedServers {
  readonly linkClasses: NumberedClasses;
}

interface PromotionParts {
  readonly pool: string;
  readonly policy: PromotionPolicy;
  /** Started and stopped here. */
  readonly store: CoordinationStore;
  readonly source: TopologySource;
  readonly replication: Replication;
  readonly logger: Logger;
  readonly home: PromotionHome;
}

/**
 * The promotion of replicas in one pool.
 *
 *   source ──► PromotedTopology ──► the pool's snapshot ──► a PrimaryWatch each
 *                  ▲                                              │
 *                Roles ◄──── Elections ◄──── votes: Observers ◄───┘
 *                  │
 *                  └──► ReplicationKeeper ──► servers
 */
export class PoolPromotion {
  readonly topology: PromotedTopology;
  readonly #parts: PromotionParts;
  readonly #observers: Observers;
  readonly #links: ReplicationLinks;
  readonly #elections: Elections;
  readonly #fence: Fence;
  readonly #keeper: ReplicationKeeper;
  /** By shard. */
  readonly #watches = new Map<string, PrimaryWatch>();
  #fault = '';

  private constructor(parts: PromotionParts) {
    const { pool, store, source, replication, home } = parts;
    const warn = (message: string) => this.#warn(message);
    const policy = new ForgivenPolicy(parts.policy, (fault) => warn(`nobody is given up: ${fault}`));
    const place = `failover/${keyOf(pool)}/`;
    this.#parts = parts;
    const roles = new Roles(store, `${place}roles`, {
      changed: () => this.topology.changed(),
      failed: (error) => this.topology.failed(error),
    });
    this.topology = new PromotedTopology(source, roles);
    const observers = new Observers(store, `${place}observers/`, randomUUID(), {
      changed: () => this.#elections.votesChanged(),
      failed: (error) => this.#cannotVote(error),
    });
    const links = new ReplicationLinks(home, replication);
    const watches = this.#watches;
    const keeper = new ReplicationKeeper({ roles, observers, links, replication, warn, watches });
    this.#observers = observers;
    this.#links = links;
    this.#keeper = keeper;
    const decided = (shard: string) => void keeper.keep(shard);
    this.#elections = new Elections({ policy, roles, observers, links, warn, decided });
    this.#fence = new Fence(policy, roles, home);
  }

  /**
   * `null` where nobody is promoted.
   * @param home looked at when the servers are known.
   * @throws {ConfigError} `SHARDMUX_CONFIG_PROMOTION` where promotion cannot be.
   */
  static of(
    { name, failover, coordination, codec, topology, logger }: Required<PoolOptions>,
    home: PromotionHome,
  ): PoolPromotion | null {
    if (failover?.follows && !topology.promotes) {
      throw refused(name, 'leaves the promotion of replicas to its topology, which tells of none');
    }
    const policy = failover?.promotion;
    if (policy === undefined) return null;
    const { replication } = codec;
    if (replication === undefined)
      throw refused(name, 'is to promote replicas, and needs a codec that knows of replication');
    if (topology.promotes) {
      throw refused(
        name,
        'is to promote replicas, and has a topology that tells of promotions by others: leave out one of the two',
      );
    }
    if (coordination === null)
      throw refused(name, 'is to promote replicas, and needs a coordination store, its "coordination"');
    return new PoolPromotion({
      pool: name,
      policy,
      store: coordination,
      source: topology,
      replication,
      logger,
      home,
    });
  }

  /** Before the topology is started. */
  open(): void {
    this.#parts.store.start({
      away: (error) => this.topology.failed(error),
      back: () => {
        this.#fault = '';
      },
    });
  }

  /** When the topology has started. */
  start(): void {
    this.#observers.start();
    this.#keeper.start();
  }

  /** After the topology was stopped. */
  async close(): Promise<void> {
    this.#keeper.close();
    this.#observers.close();
    for (const watch of this.#watches.values()) watch.close();
    this.#watches.clear();
    this.#links.close();
    await this.#parts.store.stop().catch((error: Error) => this.#warn(error.message));
  }

  /** The servers of a snapshot. */
  adopt(nodes: readonly ServerNode[]): void {
    for (const watch of this.#watches.values()) if (!nodes.includes(watch.node)) this.#unwatch(watch);
    for (const node of nodes) {
      const { replicas = [] } = node.description;
      if (replicas.length > 0 && !this.#watches.has(node.name)) this.#watch(node);
    }
    const all = nodes.flatMap(({ description }) => [description, ...(description.replicas ?? [])]);
    this.#links.keep(all.map(({ endpoint }) => endpoint));
  }

  #watch(node: ServerNode): void {
    const { home, replication, policy } = this.#parts;
    const looked = (watch: PrimaryWatch) => {
      this.#fence.looked(watch);
      this.#elections.looked(watch);
    };
    const linkClass = home.linkClasses.at(0);
    this.#watches.set(node.name, new PrimaryWatch(node, linkClass, replication, policy.interval, looked));
  }

  #unwatch(watch: PrimaryWatch): void {
    watch.close();
    this.#watches.delete(watch.shard);
    this.#elections.forget(watch);
  }

  /** Traffic speaks against a primary: it is asked at once. */
  failed(node: ServerNode): void {
    this.#watches.get(node.name)?.ask();
  }

  /** Told once as long as it is so. */
  #cannotVote({ message }: Error): void {
    if (message === this.#fault) return;
    this.#fault = message;
    this.#warn(`it has no vote on primaries: ${message}`);
  }

  #warn(message: string): void {
    this.#parts.logger.warn(`pool ${this.#parts.pool}: ${message}`);
  }
}

function refused(pool: string, why: string): ConfigError {
  return new ConfigError('SHARDMUX_CONFIG_PROMOTION', `pool "${pool}" ${why}`);
}

/** As part of a key, in which few characters are allowed. */
function keyOf(name: string): string {
  return name.replace(/[^\w.-]/gu, (character) => `:${character.codePointAt(0)?.toString(16)}:`);
}
