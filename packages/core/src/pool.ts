import { setTimeout as sleep } from 'node:timers/promises';
import type {
  ChannelPlacement,
  Codec,
  DecodedCommand,
  Errand,
  Failure,
  NodeDescription,
  NodeFailure,
  ObservedPool,
  OperationObserver,
  TopologySnapshot,
  TopologySource,
} from '@shardmux/plugin-api';
import type { LinkClass } from './dispatch/link-class.js';
import { LinkClasses } from './dispatch/link-classes.js';
import { PrivateLinks } from './dispatch/private-links.js';
import { Redispatch, type Routes } from './dispatch/redispatch.js';
import { type NodeListener, ServerNode } from './dispatch/server-node.js';
import { Servers } from './dispatch/servers.js';
import type { Engine } from './engine.js';
import { type HealthObserver, NodeHealth } from './failover/node-health.js';
import { SplitPool } from './fanout/split-pool.js';
import type { Logger } from './logger.js';
import { completeOptions, type PoolOptions } from './pool-options.js';
import { PoolPromotion, type PromotionHome } from './promotion/pool-promotion.js';
import { PoolReads } from './reads/pool-reads.js';
import { RouteTable } from './routing/route-table.js';
import type { Destination } from './session/destination.js';
import { Session, type SessionOwner } from './session/session.js';
import { POOL_FIELDS, PoolField, type PoolSnapshot } from './stats/counters.js';
import { SubscriptionHub } from './subscriptions/hub.js';
import { diagnosticsOf, hasOperationSubscribers } from './telemetry/diagnostics.js';
import { Observers } from './telemetry/observers.js';
import { Watch } from './telemetry/watch.js';

/** How often requests are looked at for their timeout, in ms: a timeout is late by no more. */
const SWEEP_INTERVAL = 20;

/** After so many ms links are closed that are in another state than the pool's own, and that nobody used. */
const IDLE_TIME = 30_000;

/** A server that has not answered for so long may have failed, in ms: whoever knows is asked. */
const DOUBTFUL_SILENCE = 500;

/** How long it may take to learn of other servers, in ms, before somebody who doubts them tries again. */
const DOUBT_TIME = 100;

/** A node was ejected, to be probed after so many ms, or (`null`) is back. */
export type VerdictListener = (node: string, probeAfter: number | null) => void;

/**
 * A set of servers that one key space is spread over, and the route table in force.
 *
 *   topology snapshot ──┐
 *                       ├──► compile ──► `table` (one assignment) ──► sessions adopt it
 *   ejections here ─────┘
 */
export class Pool implements Destination, HealthObserver, NodeListener, PromotionHome, Routes {
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
  readonly #health = new Map<ServerNode, NodeHealth>();
  readonly servers: Servers;
  readonly reads: PoolReads | null;
  readonly #redispatch: Redispatch;
  readonly #promotion: PoolPromotion | null;
  #epoch = Number.NEGATIVE_INFINITY;
  #sessions = 0;
  #faultReported = false;
  #topologyFault: string | undefined;
  #sweep: NodeJS.Timeout | null = null;
  #idleSweep: NodeJS.Timeout | null = null;

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
    const watchers = options.observe.map((observe) => observe(this.#observed()));
    this.#isWatched = watchers.some(({ operations }) => operations !== null);
    this.#observers = new Observers([...watchers, diagnosticsOf(options.name)], options.logger);
    this.#watch = new Watch(this.#observers.operations as OperationObserver, options.codec);
    this.#redispatch = new Redispatch(this);
    const own: LinkClass = {
      engine,
      codec: options.codec,
      transport: options.transport,
      connect: { ...options.connect, readRegion: engine.arena.readRegion },
      handshake: (own) => options.codec.handshake({ ...options.credentials, ...own }),
      backoff: options.reconnect,
      timeout: options.timeout,
      maxBytes: options.maxLinkBytes,
      retryReads: options.retryReads || options.topology.refresh !== undefined,
      offline: options.offline,
      waiting: () => this.waiting,
      redispatch: this.#redispatch,
      isReplica: false,
      own: null,
      reopens: options.reopens,
    };
    this.linkClasses = new LinkClasses(own, options.credentials);
    this.privateLinks = new PrivateLinks(this.linkClasses, options.maxPrivateLinks);
    this.servers = new Servers(
      (each, ordinal) =>
        new ServerNode(each, ordinal, this.linkClasses, options.connections, options.logger, this),
      this.privateLinks,
    );
    this.reads = PoolReads.of(options, engine, this.linkClasses);
    const { subscriptions } = options.codec;
    this.subscriptions = subscriptions
      ? new SubscriptionHub(subscriptions, this, this.linkClasses.plain)
      : null;
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
    return this.#options.rule.plugins ?? 'its hash or its distribution';
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

  /** Primaries and replicas, those that leave as well. */
  get #all(): readonly ServerNode[] {
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
    const { topology, preconnect, timeout } = this.#options;
    this.#promotion?.open();
    await topology.start({
      changed: (snapshot) => this.#changed(snapshot),
      failed: (error) => this.#topologyFailed(error),
    });
    if (preconnect) this.openLinks();
    this.#idleSweep = setInterval(() => this.#closeIdle(), IDLE_TIME);
    this.#sweep = setInterval(() => this.#look(), Math.min(SWEEP_INTERVAL, timeout || SWEEP_INTERVAL));
    this.#promotion?.start();
    await this.reads?.start();
  }

  /** Connects to every server before a request does. */
  openLinks(): void {
    for (const node of this.#all) for (const link of node.links) link.open();
  }

  retire(linkClass: number): void {
    if (!this.linkClasses.retire(linkClass)) return;
    for (const node of this.#all) node.retire(linkClass);
  }

  #closeIdle(): void {
    const idleSince = this.engine.turn.now - IDLE_TIME;
    for (const node of this.#all) node.closeIdle(idleSince);
  }

  /** Drops every link; what is still in flight fails. */
  async close(): Promise<void> {
    if (this.#sweep !== null) clearInterval(this.#sweep);
    if (this.#idleSweep !== null) clearInterval(this.#idleSweep);
    this.privateLinks.close();
    this.subscriptions?.close();
    for (const health of this.#health.values()) health.stop();
    this.#redispatch.close();
    this.reads?.close();
    this.servers.close();
    await this.#options.topology.stop();
    await this.#promotion?.close();
  }

  openSession(owner: SessionOwner): Session {
    return new Session(this, this.#sessions++, owner);
  }

  #topologyFailed({ message }: Error): void {
    this.#topologyFault = message;
    this.logger.warn(`pool ${this.name}: the topology stays as it is: ${message}`);
  }

  /** A snapshot that no table can be made of is refused; the first one is what `start` fails with. */
  #changed(snapshot: TopologySnapshot): void {
    this.#topologyFault = undefined;
    try {
      this.#adopt(snapshot);
    } catch (error) {
      if (this.table === null) throw error;
      this.#topologyFault = (error as Error).message;
      this.logger.error(
        `pool ${this.name}: the topology of epoch ${snapshot.epoch} is refused, the last one stays: ${this.#topologyFault}`,
      );
    }
  }

  #adopt({ epoch, nodes: descriptions }: TopologySnapshot): void {
    if (epoch <= this.#epoch) return;
    const servers = this.servers.matching(descriptions);
    this.table = this.#tableOf(servers, descriptions);
    this.#epoch = epoch;
    this.servers.replace(servers, descriptions);
    this.reads?.adopt(servers, descriptions);
    this.#promotion?.adopt(servers);
    this.#watchOver(servers);
    for (const linkClass of this.linkClasses.eager) for (const server of servers) server.openLinks(linkClass);
    this.subscriptions?.routesChanged();
    this.#observers.topologyChanged(epoch, descriptions);
  }

  #watchOver(servers: readonly ServerNode[]): void {
    for (const [server, health] of this.#health) {
      if (servers.includes(server)) continue;
      health.stop();
      this.#health.delete(server);
    }
    const { failover, logger } = this.#options;
    if (failover === null) return;
    for (const server of servers) {
      if (this.#health.has(server)) continue;
      this.#health.set(server, new NodeHealth(server, this.linkClasses.at(0), failover, this, logger));
    }
    if (servers.some((server) => !this.#isLive(server))) this.#compile();
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

  async doubt(): Promise<boolean> {
    if (this.topology.refresh === undefined) return false;
    this.topology.refresh('failed');
    await sleep(DOUBT_TIME);
    return true;
  }

  #look(): void {
    this.expire();
    if (this.topology.refresh === undefined) return;
    const silence = this.engine.turn.now - DOUBTFUL_SILENCE;
    // As long as it is so: the others may agree only later on who takes its place.
    if (this.nodes.some((node) => node.isFailing || node.isSilentSince(silence)))
      this.topology.refresh('failed');
  }

  failed(node: ServerNode, failure: NodeFailure): void {
    this.#health.get(node)?.failed(failure);
    this.#promotion?.failed(node);
  }

  #isLive(server: ServerNode): boolean {
    return this.#health.get(server)?.isLive ?? true;
  }

  #compile(): void {
    if (this.#options.failover?.rehashes === false) return;
    const live = this.nodes.filter((node) => this.#isLive(node));
    try {
      this.table = this.#tableOf(
        live,
        live.map(({ description }) => description),
      );
      this.subscriptions?.routesChanged();
    } catch (error) {
      this.#options.logger.error(
        `pool ${this.name}: the routes stay as they were: ${(error as Error).message}`,
      );
    }
  }

  /** @throws what the distribution throws for nodes that contradict each other. */
  #tableOf(
    nodes: readonly ServerNode[],
    descriptions: readonly NodeDescription[],
  ): RouteTable<ServerNode> | null {
    const onFault = (fault: unknown) => this.#reportFault(fault);
    return nodes.length === 0 ? null : new RouteTable(nodes, descriptions, this.#options.rule, onFault);
  }

  /** The process serves on: keys that the plugin finds a node for are none the worse. */
  #reportFault(fault: unknown): void {
    if (this.#faultReported) return;
    this.#faultReported = true;
    const { logger } = this.#options;
    logger.error(`pool ${this.name}: one of its plugins is broken, ${this.plugins}: ${String(fault)}`);
  }

  ejected(node: ServerNode, probeAfter: number): void {
    node.suspend();
    this.#compile();
    this.#observers.failover(node.description, probeAfter);
    this.#closeLinksOf(node);
  }

  #closeLinksOf(node: ServerNode): void {
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
    const health = node && this.#health.get(node);
    if (probeAfter === null) health?.restore();
    else health?.eject(probeAfter);
  }

  /** Answers what ran out of time. */
  expire(): void {
    if (this.#options.timeout === 0) return;
    const { now } = this.engine.turn;
    for (const node of this.#all) for (const link of node.links) link.expire(now);
  }

  #observed(): ObservedPool {
    const { name, credentials } = this.#options;
    return { name, database: credentials.database, gauges: () => this.nodes.map((node) => node.gauges()) };
  }

  snapshot(): PoolSnapshot {
    return {
      name: this.name,
      values: Array.from(this.counters),
      ...(this.#topologyFault !== undefined && { topologyFault: this.#topologyFault }),
      servers: [...this.nodes, ...(this.reads?.servers.inService ?? [])].map((node) => ({
        name: node.name,
        values: node.snapshot(),
      })),
    };
  }
}
