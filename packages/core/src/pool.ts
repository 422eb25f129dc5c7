import type {
  ChannelPlacement,
  Codec,
  DecodedCommand,
  Errand,
  Failure,
  NodeFailure,
  ObservedPool,
  OperationObserver,
  TopologySnapshot,
  TopologySource,
} from '@shardmux/plugin-api';
import { LinkClasses } from './dispatch/link-classes.js';
import { PrivateLinks } from './dispatch/private-links.js';
import { Redispatch, type Routes } from './dispatch/redispatch.js';
import { type NodeListener, ServerNode } from './dispatch/server-node.js';
import { Servers } from './dispatch/servers.js';
import { type KeptPool, Upkeep } from './dispatch/upkeep.js';
import type { Engine } from './engine.js';
import { FleetHealth } from './failover/fleet-health.js';
import type { HealthObserver } from './failover/node-health.js';
import { SplitPool } from './fanout/split-pool.js';
import { firstLinkClass } from './first-link-class.js';
import type { Logger } from './logger.js';
import { completeOptions, type PoolOptions } from './pool-options.js';
import { PoolPromotion, type PromotionHome } from './promotion/pool-promotion.js';
import { PoolReads } from './reads/pool-reads.js';
import { FollowedTopology, type TopologyFollower } from './routing/followed-topology.js';
import { RouteCompiler } from './routing/route-compiler.js';
import type { RouteTable } from './routing/route-table.js';
import type { Destination } from './session/destination.js';
import { Session } from './session/session.js';
import type { SessionOwner } from './session/session-owner.js';
import { POOL_FIELDS, PoolField, type PoolSnapshot } from './stats/counters.js';
import { SubscriptionHub } from './subscriptions/hub.js';
import { diagnosticsOf, hasOperationSubscribers } from './telemetry/diagnostics.js';
import { Observers } from './telemetry/observers.js';
import { Watch } from './telemetry/watch.js';

/** A node was ejected, to be probed after so many ms, or (`null`) is back. */
export type VerdictListener = (node: string, probeAfter: number | null) => void;

/**
 * A set of servers that one key space is spread over, and the route table in force.
 *
 *   topology snapshot ──┐
 *                       ├──► compile ──► `table` (one assignment) ──► sessions adopt it
 *   ejections here ─────┘
 */
export class Pool
  implements Destination, HealthObserver, KeptPool, NodeListener, PromotionHome, Routes, TopologyFollower
{
  readonly name: string;
  readonly engine: Engine;
  readonly codec: Codec;
  readonly linkClasses: LinkClasses;
  readonly privateLinks: PrivateLinks;
  readonly subscriptions: SubscriptionHub | null;
  readonly channels: ChannelPlacement;
  readonly logger: Logger;
  readonly splits: SplitPool;
  readonly counters = new Float64Array(POOL_FIELDS.length);
  /** `null` where no node is in service. */
  table: RouteTable<ServerNode> | null = null;
  /** Hears of this process's own verdicts, to share them with others. */
  onVerdict: VerdictListener | null = null;
  readonly #options: Required<PoolOptions>;
  readonly #observers: Observers;
  readonly #watch: Watch;
  readonly #isWatched: boolean;
  readonly #health: FleetHealth;
  readonly servers: Servers;
  readonly reads: PoolReads | null;
  readonly #redispatch: Redispatch;
  readonly #promotion: PoolPromotion | null;
  readonly #topology: FollowedTopology;
  readonly #upkeep: Upkeep;
  readonly #routes: RouteCompiler;
  #sessions = 0;

  /** @throws {ConfigError} `SHARDMUX_CONFIG_PROMOTION` where its failover policy has nothing to promote by. */
  constructor(engine: Engine, given: PoolOptions) {
    this.#promotion = PoolPromotion.of(completeOptions(given), this);
    const options = completeOptions({ ...given, topology: this.#promotion?.topology ?? given.topology });
    this.name = options.name;
    this.engine = engine;
    this.codec = options.codec;
    this.channels = options.channels;
    this.logger = options.logger;
    this.splits = new SplitPool(engine);
    if (options.transport.flush !== null) engine.turn.onFlushed(options.transport.flush);
    this.#options = options;
    this.#topology = new FollowedTopology(options.topology, this);
    this.#upkeep = new Upkeep(this, engine.turn);
    this.#routes = new RouteCompiler(options.name, options.rule, options.logger);
    const watchers = options.observe.map((observe) => observe(this.#observed()));
    this.#isWatched = watchers.some(({ operations }) => operations !== null);
    this.#observers = new Observers([...watchers, diagnosticsOf(options.name)], options.logger);
    this.#watch = new Watch(this.#observers.operations as OperationObserver, options.codec);
    this.#redispatch = new Redispatch(this);
    const own = firstLinkClass(engine, options, this.#redispatch, () => this.waiting);
    this.linkClasses = new LinkClasses(own, options.credentials);
    this.#health = new FleetHealth(options.failover, own, this, options.logger);
    this.privateLinks = new PrivateLinks(this.linkClasses, options.maxPrivateLinks);
    this.servers = new Servers(
      (each, ordinal) =>
        new ServerNode(each, ordinal, this.linkClasses, options.connections, options.logger, this),
      this.privateLinks,
    );
    this.reads = PoolReads.of(options, engine, this.linkClasses);
    this.subscriptions = SubscriptionHub.of(options.codec, this, this.linkClasses);
  }

  get watch(): Watch | null {
    return this.#isWatched || hasOperationSubscribers() ? this.#watch : null;
  }

  /** For what is no single command: a batch. `null` while nobody watches. */
  get operations(): OperationObserver | null {
    return this.#isWatched || hasOperationSubscribers() ? this.#observers.operations : null;
  }

  /** Which plugins lead keys to servers, for errors. */
  get plugins(): string {
    return this.#routes.plugins;
  }

  gather(command: DecodedCommand): Errand | null {
    return this.#options.crossShard === 'gather' ? (this.codec.gather?.(command) ?? null) : null;
  }

  /** The servers, in service or not. */
  get nodes(): readonly ServerNode[] {
    return this.servers.inService;
  }

  get topology(): TopologySource {
    return this.#options.topology;
  }

  get timeout(): number {
    return this.#options.timeout;
  }

  get all(): readonly ServerNode[] {
    return this.reads === null ? this.servers.all : [...this.servers.all, ...this.reads.servers.all];
  }

  /** How many requests wait for a connection. Not for the hot path. */
  get waiting(): number {
    let count = 0;
    for (const node of this.nodes) for (const link of node.links) count += link.waiting;
    return count;
  }

  /** Resolves when there is a route table. */
  async start(): Promise<void> {
    this.#promotion?.open();
    await this.#topology.start();
    if (this.#options.preconnect) this.openLinks();
    this.#upkeep.start();
    this.#promotion?.start();
    await this.reads?.start();
  }

  /** Connects to every server before a request does. */
  openLinks(): void {
    for (const node of this.all) for (const link of node.links) link.open();
  }

  retire(linkClass: number): void {
    if (!this.linkClasses.retire(linkClass)) return;
    for (const node of this.all) node.retire(linkClass);
  }

  /** Drops every link; what is still in flight fails. */
  async close(): Promise<void> {
    this.#upkeep.close();
    this.privateLinks.close();
    this.subscriptions?.close();
    this.#health.close();
    this.#redispatch.close();
    this.reads?.close();
    this.servers.close();
    await this.#options.topology.stop();
    await this.#promotion?.close();
  }

  openSession(owner: SessionOwner): Session {
    return new Session(this, this.#sessions++, owner);
  }

  adopt({ epoch, nodes: descriptions }: TopologySnapshot): void {
    const servers = this.servers.matching(descriptions);
    this.table = this.#routes.compile(servers, descriptions);
    this.servers.replace(servers, descriptions);
    this.reads?.adopt(servers, descriptions);
    this.#promotion?.adopt(servers);
    this.#health.adopt(servers);
    if (servers.some((server) => !this.#health.isLive(server))) this.#compile();
    for (const linkClass of this.linkClasses.eager) for (const server of servers) server.openLinks(linkClass);
    this.#routesChanged();
    this.#observers.topologyChanged(epoch, descriptions);
  }

  hold(node: ServerNode): void {
    node.hold();
    this.privateLinks.closeAllOf(node);
  }

  release(node: ServerNode): void {
    node.release();
  }

  connected(node: ServerNode, duration: number): void {
    this.#observers.connected(node.description, duration);
  }

  disconnected(node: ServerNode, failure: Failure, wasOpen: boolean, error: Error | null): void {
    this.#observers.disconnected(node.description, failure, wasOpen, error);
  }

  doubt(): Promise<boolean> {
    return this.#topology.doubt();
  }

  failed(node: ServerNode, failure: NodeFailure): void {
    this.#health.failed(node, failure);
    this.#promotion?.failed(node);
  }

  #compile(): void {
    if (!this.#health.rehashes) return;
    const live = this.nodes.filter((node) => this.#health.isLive(node));
    try {
      this.table = this.#routes.compile(
        live,
        live.map(({ description }) => description),
      );
      this.#routesChanged();
    } catch (error) {
      this.#options.logger.error(
        `pool ${this.name}: the routes stay as they were: ${(error as Error).message}`,
      );
    }
  }

  #routesChanged(): void {
    this.privateLinks.routesChanged();
    this.subscriptions?.routesChanged();
  }

  ejected(node: ServerNode, probeAfter: number): void {
    node.suspend();
    this.#compile();
    this.#observers.failover(node.description, probeAfter);
    node.closeLinks();
    this.privateLinks.closeAllOf(node);
  }

  restored(node: ServerNode): void {
    this.#compile();
    this.#observers.failover(node.description, null);
  }

  decided(node: ServerNode, probeAfter: number | null): void {
    if (probeAfter !== null) this.counters[PoolField.serverEjects]++;
    this.onVerdict?.(node.name, probeAfter);
  }

  /** Follows another process's verdict. */
  follow(name: string, probeAfter: number | null): void {
    const node = this.servers.named(name);
    if (node !== undefined) this.#health.follow(node, probeAfter);
  }

  /** Answers what ran out of time. */
  expire(): void {
    this.#upkeep.expire();
  }

  #observed(): ObservedPool {
    const { name, credentials } = this.#options;
    return { name, database: credentials.database, gauges: () => this.nodes.map((node) => node.gauges()) };
  }

  snapshot(): PoolSnapshot {
    const topologyFault = this.#topology.fault;
    return {
      name: this.name,
      values: Array.from(this.counters),
      ...(topologyFault !== undefined && { topologyFault }),
      servers: [...this.nodes, ...(this.reads?.servers.inService ?? [])].map((node) => ({
        name: node.name,
        values: node.snapshot(),
      })),
    };
  }
}
