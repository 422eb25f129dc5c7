import type { Logger, PoolSnapshot } from '@shardmux/core';
import { LocalAdmission } from '@shardmux/proxy';
import { placeLimits } from '../assemble/place-limits.js';
import { ProxyProcess } from '../assemble/proxy-process.js';
import type { Config, PoolConfig, TelemetryConfig } from '../config/normalised.js';
import { officialPlugins } from '../plugins/official.js';
import type { PluginRegistry } from '../plugins/registry.js';
import { StatsServer } from '../stats/stats-server.js';
import type { WorkerReport } from '../telemetry/report.js';
import { TelemetryServer } from '../telemetry/telemetry-server.js';
import { Primary } from '../workers/primary.js';

/** What serves the pools: this process, or several that it leads. */
interface Servant {
  start(): Promise<void>;
  stop(): Promise<void>;
  reload(): void;
  snapshot(): Promise<PoolSnapshot[]> | PoolSnapshot[];
  reports(): Promise<WorkerReport[]>;
}

/**
 * A whole proxy as a configuration describes it: its pools, by one process or several, the statistics, and what was
 * recorded.
 *
 *   start ──► serving ──stop──► draining ──► stopped
 */
export class ProxyService {
  readonly #servant: Servant;
  readonly #stats: StatsServer | null;
  readonly #telemetry: TelemetryServer | null;
  readonly #primary: Primary | null;

  /** @throws {PluginError} when a pool's plugins cannot be had. */
  constructor(config: Config, logger: Logger, registry: PluginRegistry = officialPlugins) {
    const admission = (pool: PoolConfig) => new LocalAdmission(placeLimits(pool));
    this.#primary = config.workers > 1 ? new Primary(config, logger) : null;
    this.#servant = this.#primary ?? new ProxyProcess({ config, logger, admission, registry });
    const { listen, interval } = config.stats;
    const collect = () => this.#servant.snapshot();
    this.#stats = listen === null ? null : new StatsServer({ endpoint: listen, interval, collect, logger });
    this.#telemetry = this.#createTelemetryServer(config.telemetry, logger);
  }

  /** Rejects when an endpoint cannot be bound; nothing is left listening then. */
  async start(): Promise<void> {
    try {
      await this.#servant.start();
      await this.#stats?.start();
      await this.#telemetry?.start();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.#servant.stop();
    await this.#stats?.stop();
    await this.#telemetry?.stop();
  }

  snapshot(): Promise<PoolSnapshot[]> | PoolSnapshot[] {
    return this.#servant.snapshot();
  }

  /** Reads certificates, users and passwords anew; so does a change of their files. Faults are logged. */
  reload(): void {
    this.#servant.reload();
  }

  /** Passes a signal on to worker processes, where there are any. */
  forward(signal: NodeJS.Signals): void {
    this.#primary?.signal(signal);
  }

  #createTelemetryServer({ listen, slowlog }: TelemetryConfig, logger: Logger): TelemetryServer | null {
    if (listen === null) return null;
    return new TelemetryServer({ endpoint: listen, slowlog, collect: () => this.#servant.reports(), logger });
  }
}
