import { type Engine, type OfflineQueue, Pool, type PoolOptions } from '@shardmux/core';
import type { DecoderLimits, Failure, ObservedNode, PoolObserver } from '@shardmux/plugin-api';

/** What a client is built from: a pool's parts, all of them created. */
export interface ClientParts {
  readonly engine: Engine;
  readonly pool: Omit<PoolOptions, 'offline' | 'reopens' | 'preconnect'>;
  readonly limits: DecoderLimits;
  /** Called once, when the last client of the pool is closed and the pool with it. */
  readonly onClosed?: () => Promise<void>;
}

/** Is told what its pool lives through. */
export type PoolListener = Omit<PoolObserver, 'operations'>;

/**
 * One pool for a client and all its duplicates.
 *
 *   join ──► started by the first ──► … ──► left by the last ──► closed
 */
export class SharedPool implements PoolObserver {
  readonly operations = null;
  readonly pool: Pool;
  readonly parts: ClientParts;
  readonly #listeners = new Set<PoolListener>();
  #started: Promise<void> | null = null;
  /** ms until the next attempt to connect, as the pool was told last; `null` when a server was given up. */
  lastDelay: number | null = 0;

  constructor(parts: ClientParts, offline: OfflineQueue | null) {
    const { reconnect, observe } = parts.pool;
    this.parts = parts;
    this.pool = new Pool(parts.engine, {
      ...parts.pool,
      offline,
      reopens: true,
      preconnect: false,
      reconnect: (attempt) => {
        this.lastDelay = reconnect(attempt);
        return this.lastDelay;
      },
      observe: [...observe, () => this],
    });
  }

  join(listener: PoolListener): void {
    this.#listeners.add(listener);
  }

  /** Resolves when there are routes; rejects when the topology cannot be had. */
  start(): Promise<void> {
    this.#started ??= this.pool.start();
    return this.#started;
  }

  async leave(listener: PoolListener): Promise<void> {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    await this.pool.close();
    await this.parts.onClosed?.();
  }

  connected(node: ObservedNode, duration: number): void {
    for (const listener of this.#listeners) listener.connected(node, duration);
  }

  disconnected(node: ObservedNode, failure: Failure, wasOpen: boolean, error: Error | null): void {
    for (const listener of this.#listeners) listener.disconnected(node, failure, wasOpen, error);
  }

  topologyChanged(epoch: number, nodes: readonly ObservedNode[]): void {
    for (const listener of this.#listeners) listener.topologyChanged(epoch, nodes);
  }

  failover(node: ObservedNode, probeAfter: number | null): void {
    for (const listener of this.#listeners) listener.failover(node, probeAfter);
  }
}
