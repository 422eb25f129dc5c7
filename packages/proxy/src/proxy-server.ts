import { type Logger, type Pool, silent } from '@shardmux/core';
import type {
  Channel,
  ChannelHandler,
  Endpoint,
  Listener,
  ListenOptions,
  Realm,
  RealmLimits,
  RealmOptions,
  RealmUsers,
  Transport,
} from '@shardmux/plugin-api';
import { type Admission, LocalAdmission } from './admission.js';
import type { Scope } from './claim.js';
import { Connection, type ConnectionHost } from './connection.js';
import { HeldPlaces } from './held-places.js';
import { type ConnectionLimits, DEFAULT_LIMITS } from './limits.js';
import { RefusalLog } from './refusal-log.js';

/** How often silent clients are looked for, in ms. */
const IDLE_SWEEP = 1_000;

/** Why a client is refused, by what is full. */
const FULL: Readonly<Record<Scope, string>> = {
  pool: 'there are as many clients as there may be (maxClients)',
  address: 'its address has as many connections as it may have (maxConnectionsPerAddress)',
  user: 'its user has as many connections as it may have (maxConnectionsPerUser)',
};

/** As Redis. */
const DEFAULT_MAX_CLIENTS = 10_000;

/** What a proxy is built of. What may be left out is then as in a configuration that does not say. */
export interface ProxyServerOptions {
  readonly transport: Transport;
  readonly endpoint: Endpoint;
  readonly listen?: Omit<ListenOptions, 'readRegion' | 'refused'>;
  readonly limits?: ConnectionLimits;
  /** `maxClients` is what clients are told of the admission's limit. */
  readonly realm?: Omit<RealmOptions, 'maxRunBytes' | 'limits' | 'learns'> & Pick<RealmLimits, 'maxClients'>;
  readonly admission?: Admission;
  /** Told who was turned away. */
  readonly logger?: Logger;
}

/**
 * Serves one pool on one endpoint.
 *
 *   listen ──► accept ──► admission ──► connection … ──► drain: nothing accepted, each connection leaves when it
 *                             │                          is answered; after the time allowed the rest is dropped
 *                             └──► refused: an error, and closed; so is who authenticates as a user that is full
 */
export class ProxyServer {
  readonly #pool: Pool;
  readonly #options: Required<ProxyServerOptions>;
  readonly #realm: Realm;
  readonly #connections = new Map<Connection, HeldPlaces>();
  readonly #refusals: RefusalLog;
  readonly #host: ConnectionHost = {
    identified: (connection, user, decided) => this.#identify(connection, user, decided),
    closed: (connection) => this.#remove(connection),
  };
  #listener: Listener | null = null;
  #idleSweep: NodeJS.Timeout | null = null;
  #onEmpty: (() => void) | null = null;
  #drained: Promise<void> | null = null;

  constructor(pool: Pool, options: ProxyServerOptions) {
    this.#pool = pool;
    this.#options = {
      listen: { backlog: 511, keepAlive: 300_000, noDelay: true },
      limits: DEFAULT_LIMITS,
      realm: { password: null, maxClients: DEFAULT_MAX_CLIENTS },
      admission: new LocalAdmission({ pool: DEFAULT_MAX_CLIENTS, address: 0, user: 0 }),
      logger: silent,
      ...options,
    };
    const { realm, limits } = this.#options;
    this.#realm = pool.codec.createRealm({
      ...realm,
      maxRunBytes: limits.maxSessionBytes,
      subscribes: true,
      channels: pool.channels,
      learns: true,
      limits: { ...limits, maxClients: realm.maxClients },
    });
    this.#refusals = new RefusalLog(pool.name, this.#options.logger);
  }

  /** Resolves with the endpoint as bound. */
  async listen(): Promise<Endpoint> {
    const { transport, endpoint, listen, limits } = this.#options;
    const { readRegion } = this.#pool.engine.arena;
    const refused = (remote: string, reason: string) => this.#refusals.tell(remote, reason);
    this.#listener = await transport.listen(endpoint, { ...listen, readRegion, refused }, (channel) =>
      this.#accept(channel),
    );
    if (limits.idleTimeout > 0) this.#idleSweep = setInterval(() => this.#dropIdle(), IDLE_SWEEP);
    return this.#listener.endpoint;
  }

  /**
   * Who may enter from now on. Those who are in and may not stay leave with their next command.
   * @throws where the rules are wrong; nothing has changed then.
   */
  replaceUsers(users: RealmUsers): void {
    this.#realm.replaceUsers?.(users);
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
    for (const connection of this.#connections.keys()) connection.leave();
    const timer = setTimeout(() => {
      for (const connection of this.#connections.keys()) connection.channel.destroy();
    }, timeout);
    await empty;
    clearTimeout(timer);
  }

  /** Answers what another process's part of the pool asks. */
  async answerPeer(question: unknown): Promise<unknown> {
    return this.#realm.answerPeer?.(question);
  }

  #accept(channel: Channel): ChannelHandler {
    const { limits, admission } = this.#options;
    const connection = new Connection(channel, this.#pool, limits, this.#realm, this.#host);
    const places = new HeldPlaces(admission);
    this.#connections.set(connection, places);
    let decided = false;
    places.enter(channel.remote, (full) => {
      decided = true;
      if (full === null) connection.admit();
      else {
        this.#refusals.tell(channel.remote, FULL[full]);
        connection.refuse();
      }
    });
    if (!decided) channel.pause();
    return connection;
  }

  #identify(connection: Connection, user: string | null, decided: (mayStay: boolean) => void): void {
    this.#connections.get(connection)?.become(user, (full) => {
      if (full !== null) this.#refusals.tell(connection.remote, FULL[full]);
      decided(full === null);
    });
  }

  #remove(connection: Connection): void {
    this.#connections.get(connection)?.leave();
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#onEmpty?.();
  }

  #dropIdle(): void {
    const silentSince = this.#pool.engine.turn.now - this.#options.limits.idleTimeout;
    for (const connection of this.#connections.keys()) {
      if (connection.isIdle && connection.activeAt < silentSince) connection.leave();
    }
  }
}
