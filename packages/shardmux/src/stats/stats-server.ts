import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { hostname } from 'node:os';
import type { TcpEndpoint } from '@shardmux/config-file';
import type { Logger, PoolSnapshot } from '@shardmux/core';
import { connectionTotals } from './connection-totals.js';
import { renderStats } from './stats-document.js';

/** How long a connection may last, in ms, whatever its other side does. */
const READ_TIMEOUT = 5_000;

export interface StatsServerOptions {
  readonly endpoint: TcpEndpoint;
  /** How often figures are gathered when nobody asks, in ms; 0 for never. */
  readonly interval: number;
  readonly collect: () => Promise<readonly PoolSnapshot[]> | readonly PoolSnapshot[];
  readonly logger: Logger;
}

/**
 * Serves statistics as Twemproxy does: who connects is sent one document, and disconnected.
 *
 *   connection ──► collect ──► document ──► closed
 *   interval ────► collect
 *
 * The document is of the moment. Twemproxy gathers figures at the interval and whenever it is asked too, but what
 * it then sends is as old as the gathering before. Collecting at the interval bounds what a worker that dies takes
 * with it.
 */
export class StatsServer {
  readonly #options: StatsServerOptions;
  readonly #server: Server;
  readonly #readers = new Set<Socket>();
  #startedAt = 0;
  #timer: NodeJS.Timeout | null = null;
  /** Shared by all who ask while it is under way. */
  #collecting: Promise<readonly PoolSnapshot[] | null> | null = null;

  constructor(options: StatsServerOptions) {
    this.#options = options;
    this.#server = createServer((reader) => void this.#serve(reader));
  }

  /**
   * Resolves with the endpoint as bound.
   * @throws the system's error where it cannot be bound.
   */
  async start(): Promise<TcpEndpoint> {
    const { endpoint, interval, logger } = this.#options;
    this.#startedAt = seconds();
    this.#server.listen(endpoint);
    await once(this.#server, 'listening');
    this.#server.on('error', (error) => logger.warn(`statistics: ${error.message}`));
    if (interval > 0) this.#timer = setInterval(() => void this.#collect(), interval);
    const { port } = this.#server.address() as AddressInfo;
    return { ...endpoint, port };
  }

  /** May be called twice, and before it has started. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    for (const reader of this.#readers) reader.destroy();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(reader: Socket): Promise<void> {
    const deadline = setTimeout(() => reader.destroy(), READ_TIMEOUT);
    this.#readers.add(reader);
    // Who leaves early is no news.
    reader.on('error', () => {});
    reader.once('close', () => {
      clearTimeout(deadline);
      this.#readers.delete(reader);
    });
    // Whatever it sends is read and dropped: closing over unread bytes would reset the connection.
    reader.resume();
    const pools = await this.#collect();
    if (pools === null) reader.destroy();
    else reader.end(this.#document(pools));
  }

  /** `null` where the figures could not be had. */
  #collect(): Promise<readonly PoolSnapshot[] | null> {
    this.#collecting ??= this.#gather().finally(() => {
      this.#collecting = null;
    });
    return this.#collecting;
  }

  async #gather(): Promise<readonly PoolSnapshot[] | null> {
    try {
      return await this.#options.collect();
    } catch (error) {
      this.#options.logger.warn(`statistics: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  }

  #document(pools: readonly PoolSnapshot[]): string {
    const { total, current } = connectionTotals(pools);
    const timestamp = seconds();
    const uptime = timestamp - this.#startedAt;
    return renderStats(
      { source: hostname(), uptime, timestamp, totalConnections: total, currConnections: current },
      pools,
    );
  }
}

function seconds(): number {
  return Math.floor(Date.now() / 1_000);
}
