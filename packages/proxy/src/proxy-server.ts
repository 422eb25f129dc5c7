import type { Pool } from '@shardmux/core';
import type {
  Channel,
  ChannelHandler,
  Endpoint,
  Listener,
  ListenOptions,
  Realm,
  RealmOptions,
  Transport,
} from '@shardmux/plugin-api';
import { type Admission, LocalAdmission } from './admission.js';
import { Connection } from './connection.js';
import { type ConnectionLimits, DEFAULT_LIMITS } from './limits.js';

/** How often silent clients are looked for, in ms. */
const IDLE_SWEEP = 1_000;

/** What a proxy is built of. What may be left out is then as in a configuration that does not say. */
export interface ProxyServerOptions {
  readonly transport: Transport;
  readonly endpoint: Endpoint;
  readonly listen?: Omit<ListenOptions, 'readRegion'>;
  readonly limits?: ConnectionLimits;
  readonly realm?: Pick<RealmOptions, 'password'>;
  readonly admission?: Admission;
}

/**
 * Serves one pool on one endpoint.
 *
 *   listen ──► accept ──► admission ──► connection … ──► drain: nothing accepted, each connection leaves when it
 *                             │                          is answered; after the time allowed the rest is dropped
 *                             └──► refused: an error, and closed
 */
export class ProxyServer {
  readonly #pool: Pool;
  readonly #options: Required<ProxyServerOptions>;
  readonly #realm: Realm;
  readonly #connections = new Set<Connection>();
  #listener: Listener | null = null;
  #idleSweep: NodeJS.Timeout | null = null;
  #onEmpty: (() => void) | null = null;
  #drained: Promise<void> | null = null;

  constructor(pool: Pool, options: ProxyServerOptions) {
    this.#pool = pool;
    this.#options = {
      listen: { backlog: 511, keepAlive: 300_000, noDelay: true },
      limits: DEFAULT_LIMITS,
      realm: { password: null },
      admission: new LocalAdmission(10_000),
      ...options,
    };
    const { realm, limits } = this.#options;
    this.#realm = pool.codec.createRealm({ ...realm, maxRunBytes: limits.maxSessionBytes });
  }

  /** Resolves with the endpoint as bound. */
  async listen(): Promise<Endpoint> {
    const { transport, endpoint, listen, limits } = this.#options;
    const { readRegion } = this.#pool.engine.arena;
    this.#listener = await transport.listen(endpoint, { ...listen, readRegion }, (channel) =>
      this.#accept(channel),
    );
    if (limits.idleTimeout > 0) this.#idleSweep = setInterval(() => this.#dropIdle(), IDLE_SWEEP);
    return this.#listener.endpoint;
  }

  /**
   * Stops accepting, lets every connection finish what it has under way, and resolves when all are gone.
   * @param timeout ms after which those left are dropped.
   */
  drain(timeout: number): Promise<void> {
    this.#drained ??= this.#drain(timeout);
    return this.#drained;
  }

  async #drain(timeout: number): Promise<void> {
    await this.#listener?.close();
    if (this.#idleSweep !== null) clearInterval(this.#idleSweep);
    if (this.#connections.size === 0) return;
    const empty = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    for (const connection of this.#connections) connection.leave();
    const timer = setTimeout(() => {
      for (const connection of this.#connections) connection.channel.destroy();
    }, timeout);
    await empty;
    clearTimeout(timer);
  }

  #accept(channel: Channel): ChannelHandler {
    const { limits, admission } = this.#options;
    const connection = new Connection(channel, this.#pool, limits, this.#realm, (gone) => this.#remove(gone));
    this.#connections.add(connection);
    let decided = false;
    admission.request((admitted) => {
      decided = true;
      if (!admitted) connection.refuse();
      else if (!connection.admit()) admission.release();
    });
    if (!decided) channel.pause();
    return connection;
  }

  #remove(connection: Connection): void {
    this.#connections.delete(connection);
    if (connection.isAdmitted) this.#options.admission.release();
    if (this.#connections.size === 0) this.#onEmpty?.();
  }

  #dropIdle(): void {
    const silentSince = this.#pool.engine.turn.now - this.#options.limits.idleTimeout;
    for (const connection of this.#connections) {
      if (connection.isIdle && connection.activeAt < silentSince) connection.leave();
    }
  }
}
