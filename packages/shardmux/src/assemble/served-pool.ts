import type { TcpEndpoint } from '@shardmux/config-file';
import { type Engine, type Logger, Pool, type PoolOptions, type PoolSnapshot } from '@shardmux/core';
import { ConfigError, formatEndpoint, type RealmPeers, type Telemetry } from '@shardmux/plugin-api';
import { type Admission, ProxyServer } from '@shardmux/proxy';
import type { PoolConfig } from '../config/normalised.js';
import { poolOptions } from './pool-options.js';
import type { PoolParts } from './pool-parts.js';
import { reloadersOf } from './pool-reloaders.js';
import type { Reloader } from './reloader.js';

/** Which part of the pool this process serves. */
export interface Placement {
  readonly admission: Admission;
  /** The other parts; `null` where this is all of it. */
  readonly peers: RealmPeers | null;
  readonly firstId: number;
}

/** One pool of a configuration, served: the engine's pool behind a listening proxy. */
export class ServedPool {
  readonly pool: Pool;
  readonly #proxy: ProxyServer;
  readonly #telemetry: readonly Telemetry[];
  readonly #logger: Logger;
  readonly #reloaders: readonly Reloader[];
  #listens = false;

  /**
   * @param observers who watches it, besides its own plugins.
   * @throws {ConfigError} `SHARDMUX_CONFIG_SECRET` where a password or a file of users cannot be read.
   */
  constructor(
    parts: PoolParts,
    engine: Engine,
    observers: Required<PoolOptions>['observe'],
    logger: Logger,
    { admission, peers, firstId }: Placement,
  ) {
    const { config, transport, access } = parts;
    const options = poolOptions(parts, logger);
    this.#logger = logger;
    this.#telemetry = parts.telemetry;
    if (config.listen === null) {
      throw new ConfigError(
        'SHARDMUX_CONFIG_NO_LISTEN',
        `pool "${config.name}" listens nowhere: give it "listen"`,
      );
    }
    this.#reloaders = reloadersOf(parts, logger);
    access.reload();
    this.pool = new Pool(engine, {
      ...options,
      observe: [...options.observe, ...observers],
      reopens: false,
      preconnect: config.preconnect,
    });
    this.#proxy = new ProxyServer(this.pool, {
      transport,
      endpoint: config.listen,
      listen: {
        backlog: config.backlog,
        keepAlive: config.keepAlive.client,
        noDelay: config.noDelay,
        proxyProtocol: config.proxyProtocol,
      },
      limits: config.limits,
      realm: {
        ...access.users,
        ...(config.deny && { deny: config.deny }),
        ...(access.files.length > 0 && { reload: () => access.reload() }),
        maxClients: config.limits.maxClients,
        cluster: announced(config),
        peers,
        firstId,
      },
      admission,
      logger,
    });
    access.accept = (users) => this.#proxy.replaceUsers(users);
  }

  /** @throws the system's error when the endpoint cannot be bound. */
  async start(): Promise<void> {
    for (const reloader of this.#reloaders) reloader.start();
    await this.pool.start();
    const endpoint = await this.#proxy.listen();
    this.#listens = true;
    this.#logger.info(`pool ${this.pool.name} listens on ${formatEndpoint(endpoint)}`);
  }

  /** Stops listening, answers what is under way for at most `timeout` ms, then lets go of the servers. */
  async stop(timeout: number): Promise<void> {
    for (const reloader of this.#reloaders) reloader.stop();
    await this.#proxy.drain(timeout);
    await this.pool.close();
    for (const telemetry of this.#telemetry) await this.#end(telemetry);
  }

  /** It may have something to say, and nobody to hear it: that keeps nobody from ending. */
  async #end(telemetry: Telemetry): Promise<void> {
    try {
      await telemetry.stop();
    } catch (error) {
      this.#logger.warn((error as Error).message);
    }
  }

  /** Reads certificates, users and passwords anew. */
  reload(): void {
    for (const reloader of this.#reloaders) reloader.reload();
  }

  /** What keeps clients from being served, in lines. */
  missing(): string[] {
    const { name, table, nodes } = this.pool;
    if (!this.#listens) return [`pool ${name} does not listen yet`];
    const hasServer = table !== null && nodes.some((node) => !node.isSuspended);
    return hasServer ? [] : [`pool ${name} has no server in service`];
  }

  /** Answers what another process's part of the pool asks. */
  answerPeer(question: unknown): Promise<unknown> {
    return this.#proxy.answerPeer(question);
  }

  snapshot(): PoolSnapshot {
    return this.pool.snapshot();
  }
}

/** Where cluster clients are to connect, `null` where the pool is no cluster to them. */
function announced({ name, listen, cluster }: PoolConfig): readonly TcpEndpoint[] | null {
  if (cluster === null || cluster.announce.length > 0) return cluster?.announce ?? null;
  if (listen?.kind === 'tcp') return [listen];
  throw new ConfigError(
    'SHARDMUX_CONFIG_CLUSTER',
    `pool "${name}" cannot be a cluster on a unix socket: give it "cluster.announce"`,
  );
}
