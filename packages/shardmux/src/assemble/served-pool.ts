import { type Engine, type Logger, Pool, type PoolSnapshot } from '@shardmux/core';
import { ConfigError, formatEndpoint } from '@shardmux/plugin-api';
import { type Admission, ProxyServer } from '@shardmux/proxy';
import { poolOptions } from './pool-options.js';
import type { PoolParts } from './pool-parts.js';

/** One pool of a configuration, served: the engine's pool behind a listening proxy. */
export class ServedPool {
  readonly pool: Pool;
  readonly #proxy: ProxyServer;
  readonly #logger: Logger;

  constructor(parts: PoolParts, engine: Engine, admission: Admission, logger: Logger) {
    const { config, transport } = parts;
    this.#logger = logger;
    if (config.listen === null) {
      throw new ConfigError(
        'SHARDMUX_CONFIG_NO_LISTEN',
        `pool "${config.name}" listens nowhere: give it "listen"`,
      );
    }
    this.pool = new Pool(engine, {
      ...poolOptions(parts, logger),
      offline: null,
      reopens: false,
      preconnect: config.preconnect,
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
