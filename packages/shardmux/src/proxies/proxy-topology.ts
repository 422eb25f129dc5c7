import { randomUUID } from 'node:crypto';
import {
  ConfigError,
  formatEndpoint,
  type TopologyDoubt,
  type TopologyListener,
  type TopologySnapshot,
  type TopologySource,
} from '@shardmux/plugin-api';
import { inTime } from '../assemble/in-time.js';
import type { ProxyEntry } from './proxy-entry.js';
import { ProxyOrder } from './proxy-order.js';
import { isLive } from './proxy-probe.js';
import type { ProxyList } from './registered-proxies.js';
import { Setback } from './setback.js';

/** How long it may take until there is a proxy, in ms. */
const PATIENCE = 5_000;
/** How long a proxy is given, in ms, before another is tried: what the last one has left may still fail. */
const STAY = 200;
/** How often those that failed are looked at, in ms. */
const LOOK_INTERVAL = 1_000;
/** How long one may take to show that it lives, in ms. */
const LOOK_PATIENCE = 300;

/**
 * One proxy out of those there are: all have the same keys. Which one it is changes as the primary of a shard does.
 *
 *   start ──a list──► the client's first choice ──it goes, or fails──► the next one, last of all those that failed
 *                              ▲                                               │
 *                              └───────── a better one comes, or lives again ──┘
 */
export class ProxyTopology implements TopologySource {
  readonly #list: ProxyList;
  readonly #order: ProxyOrder;
  readonly #setbacks = new Map<string, Setback>();
  #listener: TopologyListener | null = null;
  #proxies = new Map<string, ProxyEntry>();
  #current: string | null = null;
  #since = 0;
  #epoch = 0;
  #snapshot: TopologySnapshot | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isAsking = false;

  /** @param zone that the client stands in; `null`: in none. */
  constructor(list: ProxyList, zone: string | null) {
    this.#list = list;
    this.#order = new ProxyOrder(randomUUID(), zone);
  }

  /** @throws {ConfigError} `SHARDMUX_CONFIG_PROXIES` where there is none, or what keeps it from being found. */
  async start(listener: TopologyListener): Promise<void> {
    this.#listener = listener;
    this.#timer = setInterval(() => this.#look(), LOOK_INTERVAL);
    let fault: Error = new ConfigError('SHARDMUX_CONFIG_PROXIES', 'no proxy of this pool is registered');
    const found = new Promise<void>((resolve) => {
      this.#list.open({
        changed: (proxies) => {
          this.#adopt(proxies);
          if (this.#current !== null) resolve();
        },
        failed: (error) => {
          fault = error;
          listener.failed(error);
        },
      });
    });
    await inTime(found, PATIENCE, () => fault);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#listener = null;
    await this.#list.close();
  }

  /** One that lives is left as well: it is slow, or does not take this client. */
  refresh(doubt: TopologyDoubt): void {
    const name = this.#current;
    if (doubt !== 'failed' || name === null || this.#isAsking) return;
    const now = performance.now();
    if (now - this.#since < STAY) return;
    this.#isAsking = true;
    void this.#isLive(name).then((lives) => {
      this.#isAsking = false;
      if (name !== this.#current) return;
      this.#setbacks.set(name, new Setback(now, this.#setbacks.get(name)));
      this.#choose(lives);
    });
  }

  async #isLive(name: string): Promise<boolean> {
    const proxy = this.#proxies.get(name);
    return proxy !== undefined && (await isLive(proxy.address, LOOK_PATIENCE));
  }

  /** Where none is left, the last one stays: it may be there though the store does not say so. */
  #adopt(proxies: readonly ProxyEntry[]): void {
    if (proxies.length === 0) return;
    this.#proxies = new Map(proxies.map((each) => [formatEndpoint(each.address), each]));
    for (const name of this.#setbacks.keys()) if (!this.#proxies.has(name)) this.#setbacks.delete(name);
    this.#choose(true);
    // The same once more says that the list can be read.
    if (this.#snapshot !== null) this.#listener?.changed(this.#snapshot);
  }

  /** Whether those that failed live again. */
  #look(): void {
    const now = performance.now();
    for (const [name, setback] of this.#setbacks) {
      if (!setback.isDue(now)) continue;
      void this.#isLive(name).then((lives) => {
        setback.isOver ||= lives;
        this.#choose(true);
      });
    }
  }

  /** @param isPlanned whether the one before is well. */
  #choose(isPlanned: boolean): void {
    const [[name, { address }]] = [...this.#proxies].sort(
      ([one, first], [other, second]) =>
        this.#failureOf(one) - this.#failureOf(other) || this.#order.compare(first, second),
    );
    if (name === this.#current) return;
    this.#current = name;
    this.#since = performance.now();
    const node = { name: 'proxy', weight: 1, endpoint: address, isPlanned };
    this.#snapshot = { epoch: ++this.#epoch, nodes: [node] };
    this.#listener?.changed(this.#snapshot);
  }

  #failureOf(name: string): number {
    const setback = this.#setbacks.get(name);
    return setback === undefined || setback.isOver ? 0 : setback.at;
  }
}
