import type { Logger, PoolSnapshot } from '@shardmux/core';
import { LocalAdmission } from '@shardmux/proxy';
import { placeLimits } from '../assemble/place-limits.js';
import { ProxyProcess } from '../assemble/proxy-process.js';
import { createCoordination } from '../assemble/resolve-pool.js';
import type { Config, PoolConfig } from '../config/normalised.js';
import { healthPages } from '../health/health-pages.js';
import { HttpServer } from '../http/http-server.js';
import { officialPlugins } from '../plugins/official.js';
import type { PluginRegistry } from '../plugins/registry.js';
import { Registration } from '../proxies/registration.js';
import { StatsServer } from '../stats/stats-server.js';
import type { WorkerReport } from '../telemetry/report.js';
import { telemetryPages } from '../telemetry/telemetry-pages.js';
import { Primary } from '../workers/primary.js';

/** What serves the pools: this process, or several that it leads. */
interface Servant {
  start(): Promise<void>;
  stop(): Promise<void>;
  reload(): void;
  snapshot(): Promise<PoolSnapshot[]> | PoolSnapshot[];
  reports(): Promise<WorkerReport[]>;
  missing(): Promise<readonly string[]> | readonly string[];
}

/**
 * A whole proxy as a configuration describes it: its pools, by one process or several, the statistics, what was
 * recorded, and whether it is well.
 *
 *   start ──► serving ──stop──► draining ──► stopped
 *      not ready  │  ready         │ not ready
 */
export class ProxyService {
  readonly #servant: Servant;
  readonly #stats: StatsServer | null;
  readonly #telemetry: HttpServer | null;
  readonly #health: HttpServer | null;
  readonly #registrations: readonly Registration[];
  readonly #primary: Primary | null;
  #isDraining = false;

  /** @throws {PluginError} when a pool's plugins cannot be had. */
  constructor(config: Config, logger: Logger, registry: PluginRegistry = officialPlugins) {
    const admission = (pool: PoolConfig) => new LocalAdmission(placeLimits(pool));
    this.#primary = config.workers > 1 ? new Primary(config, logger) : null;
    this.#servant = this.#primary ?? new ProxyProcess({ config, logger, admission, registry });
    const { stats, telemetry, health } = config;
    const collect = () => this.#servant.snapshot();
    this.#stats =
      stats.listen && new StatsServer({ endpoint: stats.listen, interval: stats.interval, collect, logger });
    const recorded = telemetryPages(telemetry.slowlog, () => this.#servant.reports());
    this.#telemetry =
      telemetry.listen &&
      new HttpServer({ name: 'telemetry', endpoint: telemetry.listen, pages: recorded, logger });
    const asked = healthPages(() => (this.#isDraining ? ['draining'] : this.#servant.missing()));
    this.#health =
      health.listen && new HttpServer({ name: 'health', endpoint: health.listen, pages: asked, logger });
    this.#registrations = config.pools.flatMap(({ name, zone, register, coordination }) =>
      register === null || coordination === null
        ? []
        : new Registration({
            pool: name,
            zone,
            as: register.as,
            store: createCoordination(name, coordination, registry),
            logger,
          }),
    );
  }

  /** Rejects when an endpoint cannot be bound; nothing is left listening then. */
  async start(): Promise<void> {
    try {
      await this.#health?.start();
      await this.#servant.start();
      await this.#stats?.start();
      await this.#telemetry?.start();
      for (const registration of this.#registrations) registration.start();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Drains: says so to balancers, waits for `drainDelay`, and ends what is under way within `drainTimeout`. */
  async stop(): Promise<void> {
    this.#isDraining = true;
    await Promise.all(this.#registrations.map((registration) => registration.stop()));
    await this.#servant.stop();
    await this.#stats?.stop();
    await this.#telemetry?.stop();
    await this.#health?.stop();
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
}
