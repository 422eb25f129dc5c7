import { type Engine, type Logger, Pool, type PoolOptions, type PoolSnapshot } from '@shardmux/core';
import { ConfigError, formatEndpoint, type Telemetry } from '@shardmux/plugin-api';
import { ProxyServer } from '@shardmux/proxy';
import { poolOptions } from './pool-options.js';
import type { PoolParts } from './pool-parts.js';
import { reloadersOf } from './pool-reloaders.js';
import { type Placement, proxyOptions } from './proxy-options.js';
import type { Reloader } from './reloader.js';

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
    placement: Placement,
  ) {
    const { config, access } = parts;
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
    this.#proxy = new ProxyServer(this.pool, proxyOptions(parts, config.listen, placement, logger));
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
