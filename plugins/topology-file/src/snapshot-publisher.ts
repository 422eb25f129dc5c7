import {
  ConfigError,
  type NodeDescription,
  type TopologyListener,
  type TopologySnapshot,
} from '@shardmux/plugin-api';
import { formatServers } from './format-servers.js';
import { SnapshotCache } from './snapshot-cache.js';

/**
 * What a topology source says to its listener, whatever it learns and how often: real changes only, each with an epoch
 * above the last one's; an outage once. That it is over is told by the same snapshot again.
 *
 *   closed ──open──► open ──close──► closed
 *
 * With a cache, each snapshot is kept there as well, and the one there may do for a start.
 */
export class SnapshotPublisher {
  readonly #cache: SnapshotCache | null;
  #listener: TopologyListener | null = null;
  #last: TopologySnapshot | null = null;
  /** The last servers, for comparison. */
  #text = '';
  #isAway = false;
  /** The last thing that was told of what cannot be used. */
  #refusal = '';

  /**
   * @param cache a path; `null` for none.
   * @throws {ConfigError} `SHARDMUX_TOPOLOGY_CACHE` where there can be no such file.
   */
  constructor(cache: string | null) {
    this.#cache = cache === null ? null : new SnapshotCache(cache);
  }

  /** What was told last: none at first. */
  get nodes(): readonly NodeDescription[] {
    return this.#last?.nodes ?? [];
  }

  open(listener: TopologyListener): void {
    this.#listener = listener;
  }

  /** Nothing is told any more. */
  close(): void {
    this.#listener = null;
  }

  /** The source says what servers there are. */
  changed(nodes: readonly NodeDescription[]): void {
    const text = formatServers(nodes);
    const isNew = text !== this.#text;
    const wasInDoubt = this.#isAway || this.#refusal !== '';
    this.#isAway = false;
    this.#refusal = '';
    if (isNew) this.#deliver(nodes, text);
    else if (wasInDoubt && this.#last !== null) this.#listener?.changed(this.#last);
    if (isNew) this.#keep(nodes);
  }

  /**
   * The source is out of reach. Called as often as that shows.
   * @throws as `#startWithout`, where it was never in reach.
   */
  away(error: Error): void {
    if (this.#isAway) return;
    this.#startWithout(error);
    this.#isAway = true;
    this.#listener?.failed(error);
  }

  /**
   * The source says what cannot be used. Called as often as it says so.
   * @throws as `#startWithout`, where it never said what can.
   */
  refused(error: Error): void {
    if (this.#refusal === error.message && !this.#isAway) return;
    this.#startWithout(error);
    this.#isAway = false;
    this.#refusal = error.message;
    this.#listener?.failed(error);
  }

  /**
   * What is in the cache will do, where nothing was learnt yet.
   * @throws the error, where there is no cache; {ConfigError} `SHARDMUX_TOPOLOGY_CACHE` where it is of no use either.
   */
  #startWithout(error: Error): void {
    if (this.#last !== null) return;
    if (this.#cache === null) throw error;
    const nodes = this.#load(this.#cache, error);
    this.#deliver(nodes, formatServers(nodes));
  }

  #deliver(nodes: readonly NodeDescription[], text: string): void {
    this.#text = text;
    this.#last = { epoch: (this.#last?.epoch ?? 0) + 1, nodes };
    this.#listener?.changed(this.#last);
  }

  #keep(nodes: readonly NodeDescription[]): void {
    try {
      this.#cache?.save(nodes);
    } catch (error) {
      this.#listener?.failed(error as Error);
    }
  }

  #load(cache: SnapshotCache, error: Error): readonly NodeDescription[] {
    try {
      return cache.load();
    } catch (cause) {
      const message = `${error.message}; and ${(cause as Error).message}`;
      throw new ConfigError('SHARDMUX_TOPOLOGY_CACHE', message, { cause: error });
    }
  }
}
