import type { TcpEndpoint } from '@shardmux/config-file';
import {
  formatEndpoint,
  type NodeDescription,
  type TopologyListener,
  type TopologySource,
} from '@shardmux/plugin-api';
import { SnapshotPublisher } from '@shardmux/plugin-topology-file';
import { DEFAULT_INTERVAL, type SentinelMaster, type SentinelOptions } from './options.js';
import { SentinelError } from './sentinel-error.js';
import type { Access } from './sentinel-link.js';
import type { SentinelView } from './sentinel-view.js';
import { SentinelWatch } from './sentinel-watch.js';
import { type Verdict, Verdicts } from './verdicts.js';

/** From one doubt that has all Sentinels asked to the next, in ms, however many there are. */
const SHORTEST_GAP = 100;

/**
 * Shards whose primaries Redis Sentinels watch and replace. A shard has the name that the Sentinels have for it.
 *
 *   idle ──start──► getting acquainted ──all were asked──► serving ──stop──► stopped
 *                           │                                ▲ │
 *                           └── nobody knows: start rejects  └─┴─ one of them says something: delivered if it is news
 *
 * It asks no server whether it is a primary: Sentinels name one only when it has said so itself.
 */
export class SentinelTopology implements TopologySource {
  readonly promotes = true;
  readonly #masters: readonly SentinelMaster[];
  readonly #sentinels: readonly TcpEndpoint[];
  readonly #access: Access;
  readonly #interval: number;
  readonly #publisher: SnapshotPublisher;
  readonly #verdicts = new Verdicts();
  /** By address, those too that others have named. */
  readonly #watches = new Map<string, SentinelWatch>();
  #state: 'idle' | 'acquainting' | 'serving' | 'stopped' = 'idle';
  #nodes = '';
  #doubtedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;

  /** @throws {ConfigError} `SHARDMUX_TOPOLOGY_CACHE` where there can be no such file. */
  constructor(options: SentinelOptions) {
    const { masters, sentinels, username, password, interval = DEFAULT_INTERVAL } = options;
    this.#masters = masters;
    this.#sentinels = sentinels;
    this.#interval = interval;
    this.#publisher = new SnapshotPublisher(options.cache ?? null);
    this.#access = {
      masters: masters.map(({ name }) => name),
      natMap: options.natMap ?? new Map(),
      login: {
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password }),
      },
    };
  }

  /** @throws {SentinelError} where no Sentinel answers, or none knows one of the masters. */
  async start(listener: TopologyListener): Promise<void> {
    this.#publisher.open(listener);
    this.#state = 'acquainting';
    this.#watch(this.#sentinels);
    // Those that are found meanwhile have their turn as well.
    for (const watch of this.#watches.values()) await watch.asked;
    if (this.#state !== 'acquainting') return;
    this.#state = 'serving';
    try {
      this.#publish();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#state = 'stopped';
    this.#publisher.close();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await Promise.all(Array.from(this.#watches.values(), (watch) => watch.close()));
  }

  refresh(): void {
    if (this.#timer !== null || this.#state !== 'serving') return;
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.#doubtedAt = performance.now();
        for (const watch of this.#watches.values()) watch.ask();
      },
      this.#doubtedAt + SHORTEST_GAP - performance.now(),
    );
  }

  #watch(addresses: readonly TcpEndpoint[]): void {
    for (const address of addresses) {
      const key = formatEndpoint(address);
      if (this.#watches.has(key)) continue;
      this.#watches.set(key, new SentinelWatch(address, this.#access, this.#interval, () => this.#heard()));
    }
  }

  #heard(): void {
    if (this.#state === 'stopped') return;
    const views = this.#views();
    if (views.length > 0) this.#keep(views);
    if (this.#state === 'serving') this.#publish();
  }

  /** Watches those that are named, and no others any more that are out of reach. */
  #keep(views: readonly SentinelView[]): void {
    const named = views.flatMap(({ masters }) => [...masters.values()].flatMap(({ others }) => others));
    const kept = [...this.#sentinels, ...named];
    this.#watch(kept);
    const keys = new Set(kept.map(formatEndpoint));
    for (const [key, watch] of this.#watches) {
      if (keys.has(key) || watch.view !== null) continue;
      this.#watches.delete(key);
      void watch.close();
    }
  }

  /** One of each Sentinel, though it may be watched by several addresses. */
  #views(): readonly SentinelView[] {
    const views = Array.from(this.#watches.values(), ({ view }) => view).filter((view) => view !== null);
    return [...new Map(views.map((view) => [view.id, view])).values()];
  }

  /** @throws as `start`, where nothing was ever delivered. */
  #publish(): void {
    const views = this.#views();
    const nodes = this.#masters.flatMap((master) => {
      const verdict = this.#verdicts.on(master.name, views);
      return verdict === null ? [] : [describe(master, verdict)];
    });
    const unknown = this.#access.masters.filter((name) => !views.some(({ masters }) => masters.has(name)));
    const text = JSON.stringify(nodes);
    const isNews = text !== this.#nodes && nodes.length === this.#masters.length;
    this.#nodes = text;
    // Of one that is not watched any more, the last verdict stays; the others may go on.
    if (isNews || unknown.length === 0) this.#publisher.changed(nodes);
    if (views.length === 0) this.#publisher.away(SentinelError.away(this.#faults()));
    else if (unknown.length > 0) this.#publisher.refused(SentinelError.unknown(unknown));
  }

  #faults(): readonly string[] {
    return Array.from(this.#watches.values(), ({ fault }) => fault);
  }
}

function describe({ name, weight }: SentinelMaster, { primary, replicas }: Verdict): NodeDescription {
  return {
    name,
    endpoint: primary,
    weight,
    replicas: replicas.map((endpoint) => ({ name: formatEndpoint(endpoint), endpoint })),
  };
}
