import type { Logger, PoolSnapshot } from '@shardmux/core';
import { LocalAdmission } from '@shardmux/proxy';
import { ProxyProcess } from '../assemble/proxy-process.js';
import type { Config } from '../config/normalised.js';
import { StatsServer } from '../stats/stats-server.js';
import { Primary } from '../workers/primary.js';

/** What serves the pools: this process, or several that it leads. */
interface Servant {
  start(): Promise<void>;
  stop(): Promise<void>;
  snapshot(): Promise<PoolSnapshot[]> | PoolSnapshot[];
}

/**
 * A whole proxy as a configuration describes it: its pools, by one process or several, and the statistics.
 *
 *   start ──► serving ──stop──► draining ──► stopped
 */
export class ProxyService {
  readonly #servant: Servant;
  readonly #stats: StatsServer | null;
  readonly #primary: Primary | null;

  /** @throws {PluginError} when a pool's plugins cannot be had. */
  constructor(config: Config, logger: Logger) {
    const admission = ({ limits }: Config['pools'][number]) => new LocalAdmission(limits.maxClients);
    this.#primary = config.workers > 1 ? new Primary(config, logger) : null;
    this.#servant = this.#primary ?? new ProxyProcess({ config, logger, admission });
    const { listen, interval } = config.stats;
    const collect = () => this.#servant.snapshot();
    this.#stats = listen === null ? null : new StatsServer({ endpoint: listen, interval, collect, logger });
  }

  /** Rejects when an endpoint cannot be bound; nothing is left listening then. */
  async start(): Promise<void> {
    try {
      await this.#servant.start();
      await this.#stats?.start();
    } catch (error) {
      await this.#servant.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.#servant.stop();
    await this.#stats?.stop();
  }

  snapshot(): Promise<PoolSnapshot[]> | PoolSnapshot[] {
    return this.#servant.snapshot();
  }

  /** Passes a signal on to worker processes, where there are any. */
  forward(signal: NodeJS.Signals): void {
    this.#primary?.signal(signal);
  }
}
