import type { TcpEndpoint } from '@shardmux/config-file';
import {
  ConfigError,
  formatEndpoint,
  type TopologyDoubt,
  type TopologyListener,
  type TopologySource,
} from '@shardmux/plugin-api';
import { inTime } from '../assemble/in-time.js';
import type { ProxyList } from './registered-proxies.js';

/** How long it may take until there is a proxy, in ms. */
const PATIENCE = 5_000;
/** How long a proxy is given, in ms, before another is tried: what the last one has left may still fail. */
const STAY = 200;

/** How many clients of this process use each address. */
const uses = new Map<string, number>();

/**
 * One proxy out of those there are: all have the same keys. Which one it is changes as the primary of a shard does.
 *
 *   start ──a list──► the proxy that the fewest use ──it is gone, or fails──► another one, last of all those that failed
 *
 * One that comes later takes nobody away from the others.
 */
export class ProxyTopology implements TopologySource {
  readonly #list: ProxyList;
  readonly #failedAt = new Map<string, number>();
  #listener: TopologyListener | null = null;
  #proxies = new Map<string, TcpEndpoint>();
  #current: string | null = null;
  #since = 0;
  #epoch = 0;

  constructor(list: ProxyList) {
    this.#list = list;
  }

  /** @throws {ConfigError} `SHARDMUX_CONFIG_PROXIES` where there is none, or what keeps it from being found. */
  async start(listener: TopologyListener): Promise<void> {
    this.#listener = listener;
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
    await this.#list.close();
    this.#use(null);
  }

  refresh(doubt: TopologyDoubt): void {
    const now = performance.now();
    if (doubt !== 'failed' || this.#current === null || now - this.#since < STAY) return;
    this.#failedAt.set(this.#current, now);
    this.#choose();
  }

  /** Where none is left, the last one stays: it may be there though the store does not say so. */
  #adopt(proxies: readonly TcpEndpoint[]): void {
    if (proxies.length === 0) return;
    this.#proxies = new Map(proxies.map((each) => [formatEndpoint(each), each]));
    for (const address of this.#failedAt.keys())
      if (!this.#proxies.has(address)) this.#failedAt.delete(address);
    if (this.#current === null || !this.#proxies.has(this.#current)) this.#choose();
    else this.#deliver(this.#current);
  }

  #choose(): void {
    const addresses = [...this.#proxies.keys()];
    const start = Math.floor(Math.random() * addresses.length);
    const [best] = [...addresses.slice(start), ...addresses.slice(0, start)].sort(
      (one, other) => this.#failureOf(one) - this.#failureOf(other) || useOf(one) - useOf(other),
    );
    if (best === this.#current) return;
    this.#use(best);
    this.#since = performance.now();
    this.#epoch++;
    this.#deliver(best);
  }

  #failureOf(address: string): number {
    return this.#failedAt.get(address) ?? 0;
  }

  #use(address: string | null): void {
    if (this.#current !== null) {
      uses.set(this.#current, useOf(this.#current) - 1);
      if (useOf(this.#current) === 0) uses.delete(this.#current);
    }
    if (address !== null) uses.set(address, useOf(address) + 1);
    this.#current = address;
  }

  #deliver(address: string): void {
    const endpoint = this.#proxies.get(address) as TcpEndpoint;
    this.#listener?.changed({ epoch: this.#epoch, nodes: [{ name: 'proxy', weight: 1, endpoint }] });
  }
}

function useOf(address: string): number {
  return uses.get(address) ?? 0;
}
