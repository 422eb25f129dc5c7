import {
  type Engine,
  exponentialBackoff,
  HashTag,
  type Logger,
  Pool,
  type PoolSnapshot,
} from '@shardmux/core';
import { formatEndpoint } from '@shardmux/plugin-api';
import { type Admission, ProxyServer } from '@shardmux/proxy';
import type { PoolParts } from './pool-parts.js';

/** One pool of a configuration, served: the engine's pool behind a listening proxy. */
export class ServedPool {
  readonly pool: Pool;
  readonly #proxy: ProxyServer;
  readonly #logger: Logger;

  constructor(parts: PoolParts, engine: Engine, admission: Admission, logger: Logger) {
    const { config, transport } = parts;
    this.#logger = logger;
    this.pool = new Pool(engine, {
      name: config.name,
      rule: {
        hash: parts.hash,
        tag: config.hashTag === null ? null : new HashTag(config.hashTag.open, config.hashTag.close),
        distribution: parts.distribution,
      },
      topology: parts.topology,
      failover: parts.failover,
      transport,
      codec: parts.codec,
      connect: {
        connectTimeout: config.connectTimeout,
        keepAlive: config.keepAlive.server,
        noDelay: config.noDelay,
      },
      credentials: { password: config.password, database: config.database },
      connections: config.serverConnections,
      preconnect: config.preconnect,
      timeout: config.timeout,
      reconnect: exponentialBackoff(config.reconnect.min, config.reconnect.max),
      reopens: false,
      offline: null,
      observe: [],
      maxLinkBytes: config.limits.maxLinkBytes,
      retryReads: config.retry === 'idempotent',
      logger,
    });
    this.#proxy = new ProxyServer(this.pool, {
      transport,
      endpoint: config.listen,
      listen: { backlog: config.backlog, keepAlive: config.keepAlive.client, noDelay: config.noDelay },
      limits: config.limits,
      conversation: { password: config.password },
      admission,
    });
  }

  /** @throws the system's error when the endpoint cannot be bound. */
  async start(): Promise<void> {
    await this.pool.start();
    const endpoint = await this.#proxy.listen();
    this.#logger.info(`pool ${this.pool.name} listens on ${formatEndpoint(endpoint)}`);
  }

  /** Stops listening, answers what is under way for at most `timeout` ms, then lets go of the servers. */
  async stop(timeout: number): Promise<void> {
    await this.#proxy.drain(timeout);
    await this.pool.close();
  }

  snapshot(): PoolSnapshot {
    return this.pool.snapshot();
  }
}
