import type { Endpoint, TopologyListener, TopologySource } from '@shardmux/plugin-api';
import { SnapshotPublisher } from '@shardmux/plugin-topology-file';
import { type NatMap, parseAddress, resolveAddress } from './address.js';
import { ClusterError } from './cluster-error.js';
import { ClusterReader } from './cluster-reader.js';
import { type ClusterView, hasSlots } from './cluster-view.js';
import { addressesOf, describeNodes } from './describe-nodes.js';
import { Hastening } from './hastening.js';
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
 *                      └── nobody answers: start rejects, unless there is a cache; later, what was delivered stays
 *
 * It delivers what a server says that sees most of the cluster. One that is cut off from the others is believed at
 * the start alone, where there is no other: its view is better than none.
 */
export class RedisClusterTopology implements TopologySource {
  readonly promotes = true;
  readonly #interval: number;
  readonly #natMap: NatMap;
  readonly #reader: ClusterReader;
  readonly #hastening: Hastening | null;
  readonly #names = new ShardNames();
  readonly #publisher: SnapshotPublisher;
  /** Whose view is in force. */
  #host: string;
  /** The cluster's, and when somebody last told of it. */
  #epoch = 0;
  #epochToldAt = 0;
  #readAt = 0;
  #isWaiting = false;
  #isDoubted = false;
  #isDown = false;
  #isStarted = false;
  #isStopped = false;
  /** Readings in a row that nobody answered. */
  #unanswered = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RedisClusterOptions) {
    const { seeds, username, password, tls, interval = DEFAULT_INTERVAL } = options;
    const { natMap = {}, hasten, cache } = options;
    const addresses = seeds.flatMap((seed) => parseAddress(seed) ?? []);
    this.#interval = interval;
    this.#natMap = readNatMap(natMap);
    this.#host = addresses[0]?.host ?? '';
    this.#publisher = new SnapshotPublisher(cache ?? null);
    this.#reader = new ClusterReader(addresses, {
      natMap: this.#natMap,
      login: {
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password }),
        ...(tls ? { tls: readTls(tls) } : {}),
      },
    });
    this.#hastening =
      hasten === undefined ? null : new Hastening(hasten, (address) => this.#reader.memberAt(address));
  }

  /** @throws {ClusterError} where nobody answers, or no slot has a server; {ConfigError} `SHARDMUX_TOPOLOGY_CACHE`. */
  async start(listener: TopologyListener): Promise<void> {
    this.#publisher.open(listener);
    try {
      await this.#read();
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#isStarted = true;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#publisher.close();
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
    if (this.#isStopped) return;
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
    const heard = await this.#reader.read().catch((error: Error) => error);
    if (heard instanceof Error) this.#unheard(heard);
    else this.#heard(heard);
    this.#wait();
  }

  /** @throws the error, where it is the first reading and there is no cache. */
  #unheard(error: Error): void {
    this.#unanswered++;
    this.#publisher.away(error);
    // Those that a cache has may answer where no seed does.
    this.#reader.learn(this.#publisher.nodes.flatMap(addressesOf));
  }

  /** @throws {ClusterError} where it is the first reading, no slot has a server, and there is no cache. */
  #heard(view: ClusterView): void {
    this.#unanswered = 0;
    this.#isDown = !view.isUp;
    const isOfUse = view.isUp ? !this.#isOld(view) : !this.#isStarted && hasSlots(view);
    if (isOfUse) this.#deliver(view);
    if (this.#isDown) this.#publisher.away(ClusterError.down(view));
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
    this.#publisher.changed(describeNodes(view, this.#names.name(view)));
    if (!this.#isStopped) this.#hastening?.look(view);
  }
}
