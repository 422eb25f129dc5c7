import { setTimeout as sleep } from 'node:timers/promises';
import { Engine, type Logger, type PoolSnapshot, type VerdictListener } from '@shardmux/core';
import { ConfigError, type RealmPeers } from '@shardmux/plugin-api';
import type { Admission } from '@shardmux/proxy';
import type { Config, PoolConfig } from '../config/normalised.js';
import type { PluginRegistry } from '../plugins/registry.js';
import { ProcessTelemetry } from '../telemetry/process-telemetry.js';
import type { WorkerReport } from '../telemetry/report.js';
import type { PoolParts } from './pool-parts.js';
import { resolvePool } from './resolve-pool.js';
import { ServedPool } from './served-pool.js';

export interface ProxyProcessOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** Who counts a pool's clients. */
  readonly admission: (pool: PoolConfig) => Admission;
  /** Where the same pools are served by other processes as well. */
  readonly peers?: (pool: PoolConfig) => RealmPeers;
  /** Ids of this process's clients come after it. */
  readonly firstId?: number;
  /** Told of this process's verdicts on a pool's nodes, where others are to follow them. */
  readonly verdicts?: (pool: string) => VerdictListener;
  /** What is named in the configuration and is no module: the official plugins unless told. */
  readonly registry?: PluginRegistry;
}

/** All pools of a configuration, served by this process. */
export class ProxyProcess {
  readonly #options: ProxyProcessOptions;
  readonly #pools: readonly ServedPool[];
  readonly #telemetry: ProcessTelemetry | null;
  #serves = false;

  /** @throws {PluginError} when a pool's plugins cannot be had; nothing has started then. */
  constructor(options: ProxyProcessOptions) {
    const { config, logger, admission, verdicts, registry, firstId = 0 } = options;
    const engine = new Engine();
    this.#options = options;
    this.#telemetry = ProcessTelemetry.open(config.telemetry, logger);
    const observers = this.#telemetry?.observers ?? [];
    this.#pools = config.pools.map((pool) => {
      const parts = resolvePool(pool, registry);
      if (options.peers !== undefined) checkAgreement(parts);
      const served = new ServedPool(parts, engine, observers, logger, {
        admission: admission(pool),
        peers: options.peers?.(pool) ?? null,
        firstId,
      });
      if (verdicts) served.pool.onVerdict = verdicts(pool.name);
      return served;
    });
  }

  /** Serves when it resolves. When one pool cannot start, those that did are stopped again. */
  async start(): Promise<void> {
    try {
      for (const pool of this.#pools) await pool.start();
      this.#serves = true;
    } catch (error) {
      await this.#stop(0);
      throw error;
    }
  }

  /** Serves for `drainDelay` as before, for balancers to send new clients elsewhere, and then drains. */
  async stop(): Promise<void> {
    const { drainDelay, drainTimeout } = this.#options.config;
    if (this.#serves) await sleep(drainDelay);
    await this.#stop(drainTimeout);
  }

  async #stop(drainTimeout: number): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.stop(drainTimeout)));
    await this.#telemetry?.stop();
  }

  /** Reads certificates, users and passwords anew. */
  reload(): void {
    for (const pool of this.#pools) pool.reload();
  }

  /** What keeps clients from being served, in lines. */
  missing(): string[] {
    return this.#pools.flatMap((pool) => pool.missing());
  }

  snapshot(): PoolSnapshot[] {
    return this.#pools.map((pool) => pool.snapshot());
  }

  /** What was recorded; nothing where nothing is. */
  async reports(): Promise<WorkerReport[]> {
    const report = await this.#telemetry?.report();
    return report === undefined ? [] : [{ worker: null, report }];
  }

  /** Answers what another process's part of a pool asks. */
  answerPeer(pool: string, question: unknown): Promise<unknown> | undefined {
    return this.#pools.find((candidate) => candidate.pool.name === pool)?.answerPeer(question);
  }

  /** Follows another process's verdict. */
  follow(pool: string, node: string, probeAfter: number | null): void {
    this.#pools.find((candidate) => candidate.pool.name === pool)?.pool.follow(node, probeAfter);
  }
}

/** @throws {ConfigError} `SHARDMUX_CONFIG_COORDINATION` where workers would promote replicas each on its own. */
function checkAgreement({ config, failover, coordination }: PoolParts): void {
  if (failover?.promotion === undefined || coordination === null || coordination.isShared) return;
  const use = config.coordination?.use;
  throw new ConfigError(
    'SHARDMUX_CONFIG_COORDINATION',
    `pool "${config.name}": workers cannot agree by coordination "${use}", which is in one process: ` +
      'give it one that they share (etcd, zookeeper), or leave out "workers"',
  );
}
