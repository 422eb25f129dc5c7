import {
  ConfigError,
  type CoordinationEntry,
  CoordinationError,
  type CoordinationStore,
  type NodeDescription,
  type TopologyListener,
  type TopologySource,
} from '@shardmux/plugin-api';
import { readServers } from './read-servers.js';
import { SnapshotPublisher } from './snapshot-publisher.js';

export interface StoredServers {
  /** Under which a document stands that `readServers` reads. */
  readonly key: string;
  /** What errors call the document. */
  readonly name: string;
  /** Where the last good servers are kept, for a start at which the store is of no use; left out: nowhere. */
  readonly cache?: string | undefined;
}

/**
 * The servers that a document in a coordination store tells, as it is changed. The store is the topology's own.
 *
 *   idle ──start──► reading ──good, or a cache──► watched ──stop──► closed
 *                      └── no good: start rejects
 */
export class StoredTopology implements TopologySource {
  readonly #store: CoordinationStore;
  readonly #servers: StoredServers;
  readonly #publisher: SnapshotPublisher;
  #isWatched = false;
  #isReading = false;
  #isStale = false;

  constructor(store: CoordinationStore, servers: StoredServers) {
    this.#store = store;
    this.#servers = servers;
    this.#publisher = new SnapshotPublisher(servers.cache ?? null);
  }

  /**
   * @throws {CoordinationError} where the store is away; {ConfigError} `SHARDMUX_CONFIG_UNREADABLE` where there is no
   *   document, `SHARDMUX_CONFIG_INVALID` with all its faults; `SHARDMUX_TOPOLOGY_CACHE`.
   */
  async start(listener: TopologyListener): Promise<void> {
    this.#publisher.open(listener);
    this.#store.start({
      away: (error) => {
        if (this.#isWatched) this.#publisher.away(error);
      },
      // The watch tells, and what is read then is the news.
      back: () => {},
    });
    try {
      await this.#read();
      this.#store.watch(this.#servers.key, () => this.#changed());
      this.#isWatched = true;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#publisher.close();
    await this.#store.stop();
  }

  /** One look after the other: an older one must not come last. */
  async #changed(): Promise<void> {
    this.#isStale = true;
    if (this.#isReading) return;
    this.#isReading = true;
    while (this.#isStale) {
      this.#isStale = false;
      await this.#read();
    }
    this.#isReading = false;
  }

  async #read(): Promise<void> {
    const { key, name } = this.#servers;
    let entry: CoordinationEntry | null;
    try {
      entry = await this.#store.get(key);
    } catch (error) {
      const isAway = error instanceof CoordinationError && error.code !== 'SHARDMUX_COORDINATION_REFUSED';
      if (isAway) this.#publisher.away(error);
      else this.#publisher.refused(error as Error);
      return;
    }
    let servers: readonly NodeDescription[];
    try {
      servers = readServers(this.#documentOf(entry), name);
    } catch (error) {
      this.#publisher.refused(error as Error);
      return;
    }
    this.#publisher.changed(servers);
  }

  #documentOf(entry: CoordinationEntry | null): string {
    if (entry !== null) return entry.value;
    const message = `${this.#servers.name}: there is nothing: put the document with the servers there`;
    throw new ConfigError('SHARDMUX_CONFIG_UNREADABLE', message);
  }
}
