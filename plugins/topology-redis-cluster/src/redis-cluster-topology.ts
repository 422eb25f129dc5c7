import type { Endpoint, TopologyListener, TopologySource } from '@shardmux/plugin-api';
import { type NatMap, parseAddress, resolveAddress } from './address.js';
import { ClusterError } from './cluster-error.js';
import { ClusterReader } from './cluster-reader.js';
import { type ClusterView, hasSlots } from './cluster-view.js';
import { describeNodes } from './describe-nodes.js';
import { DEFAULT_INTERVAL, type RedisClusterOptions, readNatMap, readTls } from './options.js';
import { ShardNames } from './shard-names.js';

/** From the beginning of one reading to that of the next, in ms, however many doubts there are. */
const SHORTEST_GAP = 100;
/** The same while nobody answers: the gap doubles with each reading. */
const LONGEST_GAP = 2_000;
/** The same while the cluster is down, in ms: it is about to change. */
const DOWN_GAP = 400;

/**
 * The shards of a Redis Cluster, which moves slots and replaces primaries by itself.
 *
 *   idle ──start──► reading ──► waiting ──────► reading ──► waiting …      stop, from anywhere ──► stopped
 *                      │          └── for `interval`; after a doubt, until SHORTEST_GAP is over
 *                      └── nobody answers: start rejects; later, what was delivered stays
 *
 * It delivers what a server says that sees most of the cluster. One that is cut off from the others is believed at
 * the start alone, where there is no other: its view is better than none.
 */
export class RedisClusterTopology implements TopologySource {
  readonly #interval: number;
  readonly #natMap: NatMap;
  readonly #reader: ClusterReader;
  readonly #names = new ShardNames();
  #listener: TopologyListener | null = null;
  /** Whose view is in force. */
  #host: string;
  #nodes = '';
  #snapshots = 0;
  /** The cluster's, and when somebody last told of it. */
  #epoch = 0;
  #epochToldAt = 0;
  #readAt = 0;
  #isWaiting = false;
  #isDoubted = false;
  #isTold = false;
  #isDown = false;
  /** Readings in a row that nobody answered. */
  #unanswered = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RedisClusterOptions) {
    const { seeds, username, password, tls, interval = DEFAULT_INTERVAL, natMap = {} } = options;
    const addresses = seeds.flatMap((seed) => parseAddress(seed) ?? []);
    this.#interval = interval;
    this.#natMap = readNatMap(natMap);
    this.#host = addresses[0]?.host ?? '';
    this.#reader = new ClusterReader(addresses, {
      natMap: this.#natMap,
      login: {
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password }),
        ...(tls ? { tls: readTls(tls) } : {}),
      },
    });
  }

  /** @throws {ClusterError} where nobody answers, or no slot has a server. */
  async start(listener: TopologyListener): Promise<void> {
    this.#listener = listener;
    this.#readAt = performance.now();
    const view = await this.#reader.read();
    if (!hasSlots(view)) throw ClusterError.down(view);
    this.#deliver(view);
    this.#isDown = !view.isUp;
    if (this.#isDown) this.#tell(ClusterError.down(view));
    this.#wait();
  }

  async stop(): Promise<void> {
    this.#listener = null;
    clearTimeout(this.#timer);
    await this.#reader.close();
  }

  refresh(): void {
    if (this.#isDoubted) return;
    this.#isDoubted = true;
    if (this.#isWaiting) this.#wait();
  }

  endpointOf(host: string, port: number): Endpoint {
    return resolveAddress(host, port, this.#host, this.#natMap);
  }

  #wait(): void {
    if (this.#listener === null) return;
    const gap = Math.min(SHORTEST_GAP * 2 ** this.#unanswered, LONGEST_GAP);
    const atRest = this.#isDown ? Math.min(DOWN_GAP, this.#interval) : this.#interval;
    const pause = this.#isDoubted || this.#unanswered > 0 ? gap : atRest;
    this.#isWaiting = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#read(), this.#readAt + pause - performance.now());
  }

  async #read(): Promise<void> {
    this.#isWaiting = false;
    this.#isDoubted = false;
    this.#readAt = performance.now();
    try {
      const view = await this.#reader.read();
      this.#unanswered = 0;
      this.#isDown = !view.isUp;
      if (this.#isDown) throw ClusterError.down(view);
      this.#isTold = false;
      if (!this.#isOld(view)) this.#deliver(view);
    } catch (error) {
      if (error instanceof ClusterError && error.code === 'SHARDMUX_REDIS_CLUSTER_AWAY') this.#unanswered++;
      this.#tell(error as Error);
    }
    this.#wait();
  }

  /**
   * Who knows of a change that the others do not know yet may not answer the next time. But a cluster that was made
   * anew begins with low epochs.
   */
  #isOld({ epoch }: ClusterView): boolean {
    return epoch < this.#epoch && this.#readAt - this.#epochToldAt < this.#interval;
  }

  #deliver(view: ClusterView): void {
    this.#epoch = view.epoch;
    this.#epochToldAt = this.#readAt;
    this.#host = view.from.host;
    const nodes = describeNodes(view, this.#names.name(view));
    const text = JSON.stringify(nodes);
    if (text === this.#nodes) return;
    this.#nodes = text;
    this.#listener?.changed({ epoch: ++this.#snapshots, nodes });
  }

  /** Once for each outage. */
  #tell(error: Error): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#listener?.failed(error);
  }
}
