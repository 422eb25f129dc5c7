import type { Dispatcher } from '../calls/dispatcher.js';
import { quiet } from '../calls/promise-call.js';
import { ClientError, closedError } from '../errors.js';
import { Lifecycle } from './lifecycle.js';
import type { SharedPool } from './shared-pool.js';

/** How often calls are looked at for their timeout, in ms: a timeout is late by no more. */
const SWEEP_INTERVAL = 20;

/**
 * What one client has of the pool's connections.
 *
 *   wait ──open──► started ──► calls go out, and run out of time ──quit──► drained ──► closed
 *                     └── failed ──┴── ended at once, or no server is tried any more ───►┘
 */
export class ClientConnection {
  readonly lifecycle: Lifecycle;
  readonly #shared: SharedPool;
  readonly #dispatcher: Dispatcher;
  readonly #timeout: number;
  readonly #tell: (event: string, args: readonly unknown[]) => void;
  #sweep: NodeJS.Timeout | null = null;
  #quitting: Promise<'OK'> | null = null;
  #ended: Promise<void> | null = null;

  /**
   * @param timeout of calls, in ms; 0 for none.
   * @param tell emits an event at once.
   */
  constructor(
    shared: SharedPool,
    dispatcher: Dispatcher,
    timeout: number,
    tell: (event: string, args: readonly unknown[]) => void,
  ) {
    this.#shared = shared;
    this.#dispatcher = dispatcher;
    this.#timeout = timeout;
    this.#tell = tell;
    this.lifecycle = new Lifecycle(
      (event, ...args) => process.nextTick(() => tell(event, args)),
      () => shared.lastDelay,
      (cause) => void this.end(cause),
    );
  }

  /** Resolves when every server was tried, and one at least is there; rejects when it ends before. */
  open(): Promise<void> {
    const { status } = this.lifecycle;
    if (status === 'wait') return this.#start();
    if (status === 'end') return Promise.reject(closedError());
    const message = 'The client is connecting or connected already';
    return Promise.reject(new ClientError('SHARDMUX_UNSUPPORTED', message));
  }

  async #start(): Promise<void> {
    const { lifecycle } = this;
    lifecycle.connecting();
    this.#shared.join(lifecycle);
    if (this.#timeout > 0) {
      const interval = Math.min(SWEEP_INTERVAL, this.#timeout);
      this.#sweep = setInterval(() => this.#expire(), interval);
    }
    const { pool } = this.#shared;
    lifecycle.adopt(pool.nodes.map((node) => node.gauges()));
    try {
      await this.#shared.start();
    } catch (error) {
      if (this.#hasEnded) throw closedError();
      this.#tell('error', [error]);
      await this.end(error as Error);
      throw error;
    }
    if (this.#hasEnded) throw closedError();
    this.#dispatcher.open();
    pool.openLinks();
    await lifecycle.whenReady();
  }

  get #hasEnded(): boolean {
    return this.lifecycle.status === 'end';
  }

  /** Links first: of a call over several servers they know how far it got. */
  #expire(): void {
    this.#shared.pool.expire();
    this.#dispatcher.expire(this.#timeout);
  }

  /** Takes no more calls, answers those that are under way, then lets go of the servers. */
  quit(): Promise<'OK'> {
    const isClosed = this.#hasEnded && this.#quitting === null;
    this.#quitting ??= quiet(isClosed ? Promise.reject(closedError()) : this.#quit());
    return this.#quitting;
  }

  async #quit(): Promise<'OK'> {
    if (this.#dispatcher.size > 0) await this.#dispatcher.drain();
    await this.end(null);
    return 'OK';
  }

  /** Lets go of the servers at once; calls under way are rejected. Resolves when it has. */
  end(cause: Error | null): Promise<void> {
    this.#ended ??= this.#close(cause);
    return this.#ended;
  }

  async #close(cause: Error | null): Promise<void> {
    this.lifecycle.end(cause);
    if (this.#sweep !== null) clearInterval(this.#sweep);
    this.#dispatcher.close(cause);
    await this.#shared.release(this.lifecycle);
  }
}
