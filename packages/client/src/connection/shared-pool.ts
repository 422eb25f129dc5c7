import { type Engine, type OfflineQueue, Pool, type PoolOptions } from '@shardmux/core';
import type { DecoderLimits, Failure, ObservedNode, PoolObserver } from '@shardmux/plugin-api';
import { closedError } from '../errors.js';

/** The longest time that a timer of Node takes, in ms. */
const MAX_DELAY = 2 ** 31 - 1;

/** What a client is built from: a pool's parts, all of them created. */
export interface ClientParts {
  readonly engine: Engine;
  readonly pool: Omit<Required<PoolOptions>, 'offline' | 'reopens' | 'preconnect' | 'reconnect'> & {
    /** ms until the attempt to connect; what is no number gives the server up. */
    readonly reconnect: (attempt: number) => number | null | undefined;
  };
  readonly limits: DecoderLimits;
  /** Called once, when the last client of the pool is closed and the pool with it. */
  readonly onClosed?: () => Promise<void>;
}

/** Is told what its pool lives through. */
export type PoolListener = Omit<PoolObserver, 'operations'>;

/**
 * One pool for a client and all its duplicates. Each holds it from when it is made, though it may connect much later.
 *
 *   hold ──► started by the first that joins ──► … ──► let go of by the last ──► closed, for good
 */
export class SharedPool implements PoolObserver {
  readonly operations = null;
  readonly pool: Pool;
  readonly parts: ClientParts;
  readonly #listeners = new Set<PoolListener>();
  #holders = 0;
  #started: Promise<void> | null = null;
  #isClosed = false;
  /** ms until the next attempt to connect, as the pool was told last; `null` when a server was given up. */
  lastDelay: number | null = 0;

  constructor(parts: ClientParts, offline: OfflineQueue | null) {
    const { observe } = parts.pool;
    this.parts = parts;
    this.pool = new Pool(parts.engine, {
      ...parts.pool,
      offline,
      reopens: true,
      preconnect: false,
      reconnect: (attempt) => {
        this.lastDelay = this.#delay(attempt);
        return this.lastDelay;
      },
      observe: [...observe, () => this],
    });
  }

  /** The application's own function may give anything, or throw. */
  #delay(attempt: number): number | null {
    const { reconnect, logger } = this.parts.pool;
    try {
      const delay = reconnect(attempt);
      return typeof delay === 'number' && delay >= 0 ? Math.min(delay, MAX_DELAY) : null;
    } catch (error) {
      logger.error(`retryStrategy failed, so the server is given up: ${String(error)}`);
      return null;
    }
  }

  hold(): void {
    this.#holders++;
  }

  join(listener: PoolListener): void {
    this.#listeners.add(listener);
  }

  /** Resolves when there are routes; rejects when the topology cannot be had, and once it is closed. */
  start(): Promise<void> {
    if (this.#isClosed) return Promise.reject(closedError());
    this.#started ??= this.#start();
    return this.#started;
  }

  /** A pool that was closed while it started has gone on with it. */
  async #start(): Promise<void> {
    await this.pool.start();
    if (this.#isClosed) await this.pool.close();
  }

  /** @param listener is told nothing more. */
  async release(listener: PoolListener): Promise<void> {
    this.#listeners.delete(listener);
    if (--this.#holders > 0) return;
    this.#isClosed = true;
    if (this.#started === null) return;
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
