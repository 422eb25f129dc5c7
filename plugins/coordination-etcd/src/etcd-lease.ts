import { CoordinationError, type Lease } from '@shardmux/plugin-api';
import { LeaseTerm } from '@shardmux/plugin-coordination-embedded';
import type { Gateway } from './gateway.js';
import { base64 } from './ranges.js';

/** How long a server may take to be told that one has ended, in ms. */
const REVOKING = 1_000;

interface EtcdLeaseOptions {
  /** In ms. etcd has whole seconds. */
  readonly ttl: number;
  readonly onLost: () => void;
  /** It has ended, in whichever way. */
  readonly ended: () => void;
  /** Where a key is, as etcd takes it. */
  readonly at: (key: string) => string;
}

interface Renewal {
  /** Without a TTL there is no such lease. */
  readonly result?: { readonly TTL?: string };
}

/** A lease of etcd. */
export class EtcdLease implements Lease {
  readonly #gateway: Gateway;
  readonly #options: EtcdLeaseOptions;
  readonly #id: string;
  readonly #term: LeaseTerm;

  private constructor(gateway: Gateway, options: EtcdLeaseOptions, id: string, since: number) {
    this.#gateway = gateway;
    this.#options = options;
    this.#id = id;
    this.#term = new LeaseTerm({
      ttl: options.ttl,
      since,
      renew: (timeout) => this.#renew(timeout),
      onLost: () => {
        options.ended();
        options.onLost();
      },
    });
  }

  /** @throws {CoordinationError} */
  static async grant(gateway: Gateway, options: EtcdLeaseOptions): Promise<EtcdLease> {
    const since = performance.now();
    const body = { TTL: Math.ceil(options.ttl / 1_000) };
    // One too many runs out by itself.
    const { ID } = await gateway.call<{ readonly ID: string }>({
      method: 'lease/grant',
      body,
      isRepeatable: true,
    });
    return new EtcdLease(gateway, options, ID, since);
  }

  get isLive(): boolean {
    return this.#term.isLive;
  }

  async put(key: string, value: string): Promise<void> {
    if (!this.isLive) throw new CoordinationError('LEASE', `"${key}" cannot be put: the lease has ended`);
    const body = { key: this.#options.at(key), value: base64(value), lease: this.#id };
    try {
      await this.#gateway.call({ method: 'kv/put', body, isRepeatable: true });
    } catch (error) {
      if (error instanceof CoordinationError && error.code === 'SHARDMUX_COORDINATION_LEASE')
        this.#term.lose();
      throw error;
    }
  }

  async end(): Promise<void> {
    const wasLive = this.isLive;
    this.#term.end();
    this.#options.ended();
    if (!wasLive || this.#gateway.reach.isAway) return;
    const call = { method: 'lease/revoke', body: { ID: this.#id }, isRepeatable: true, timeout: REVOKING };
    // Where it cannot be told, it ends by its time.
    await this.#gateway.call(call).catch(() => {});
  }

  async #renew(timeout: number): Promise<boolean> {
    const body = { ID: this.#id };
    const { result } = await this.#gateway.call<Renewal>({
      method: 'lease/keepalive',
      body,
      isRepeatable: true,
      timeout,
    });
    return result?.TTL !== undefined;
  }
}
