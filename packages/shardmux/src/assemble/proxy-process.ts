import { Engine, type Logger, type PoolSnapshot, type VerdictListener } from '@shardmux/core';
import type { Admission } from '@shardmux/proxy';
import type { Config, PoolConfig } from '../config/normalised.js';
import { resolvePool } from './resolve-pool.js';
import { ServedPool } from './served-pool.js';

export interface ProxyProcessOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** Who counts a pool's clients. */
  readonly admission: (pool: PoolConfig) => Admission;
  /** Told of this process's verdicts on a pool's nodes, where others are to follow them. */
  readonly verdicts?: (pool: string) => VerdictListener;
}

/** All pools of a configuration, served by this process. */
export class ProxyProcess {
  readonly #options: ProxyProcessOptions;
  readonly #pools: readonly ServedPool[];

  /** @throws {PluginError} when a pool's plugins cannot be had; nothing has started then. */
  constructor(options: ProxyProcessOptions) {
    const { config, logger, admission, verdicts } = options;
    const engine = new Engine();
    this.#options = options;
    this.#pools = config.pools.map((pool) => {
      const served = new ServedPool(resolvePool(pool), engine, admission(pool), logger);
      if (verdicts) served.pool.onVerdict = verdicts(pool.name);
      return served;
    });
  }

  /** Serves when it resolves. When one pool cannot start, those that did are stopped again. */
  async start(): Promise<void> {
    try {
      for (const pool of this.#pools) await pool.start();
    } catch (error) {
      await Promise.all(this.#pools.map((pool) => pool.stop(0)));
      throw error;
    }
  }

  async stop(): Promise<void> {
    const { drainTimeout } = this.#options.config;
    await Promise.all(this.#pools.map((pool) => pool.stop(drainTimeout)));
  }

  snapshot(): PoolSnapshot[] {
    return this.#pools.map((pool) => pool.snapshot());
  }

  /** Follows another process's verdict. */
  follow(pool: string, node: string, probeAfter: number | null): void {
    this.#pools.find((candidate) => candidate.pool.name === pool)?.pool.follow(node, probeAfter);
  }
}
