import { CoordinationError } from '@shardmux/plugin-api';
import { Backoff } from '@shardmux/plugin-coordination-embedded';
import { Connection, newTicket, type Server, SessionExpiredError, type Ticket } from './connection.js';
import type { JuteReader } from './jute.js';
import { type Request, ZooKeeperError } from './protocol.js';

export interface SessionOptions {
  readonly servers: readonly Server[];
  readonly credentials: string | null;
  /** After how long without a sign the servers let it expire, in ms. They have limits of their own. */
  readonly timeout: number;
  /** It is connected, once more or for the first time: what it watches is to be watched anew. */
  readonly connected: () => void;
  /** No server can be reached. */
  readonly failed: (error: CoordinationError) => void;
  /** It has expired, and what was under it is gone. It goes on as another one, unless it is closed now. */
  readonly expired: () => void;
  /** A watch on the path has fired. */
  readonly event: (path: string) => void;
}

/** How long a call may take, and how long a server may owe an answer, in ms. */
const PATIENCE = 2_000;
/** How long the servers may take to end it, in ms. */
const ENDING = 1_000;

/**
 * A session with whichever server can be reached.
 *
 *   connecting ──► connected ──lost──► connecting (the same session, the next server)
 *        └── expired, away for its timeout ──► connecting (a new session)
 *
 *   close, from anywhere: nothing is left
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #backoff = new Backoff();
  readonly #patience: number;
  #ticket: Ticket;
  #transaction = 0n;
  #next = 0;
  #faults: string[] = [];
  #connection: Connection;
  #isConnected = false;
  #isClosed = false;
  /** By our clock; `null` while it is connected. */
  #lostAt: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  #waiting = new Set<() => void>();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#ticket = newTicket(options.timeout);
    this.#patience = Math.min(PATIENCE, options.timeout / 2);
    this.#next = Math.floor(Math.random() * options.servers.length);
    this.#connection = this.#connect();
  }

  get id(): bigint {
    return this.#ticket.id;
  }

  /** As the servers have it, in ms. */
  get timeout(): number {
    return this.#ticket.timeout;
  }

  /**
   * @param isRepeatable that it be done twice does no harm.
   * @param timeout in ms.
   * @throws {ZooKeeperError} and {CoordinationError} `SHARDMUX_COORDINATION_AWAY`, `SHARDMUX_COORDINATION_STOPPED`.
   */
  async call(request: Request, isRepeatable: boolean, timeout = PATIENCE): Promise<JuteReader> {
    const deadline = performance.now() + timeout;
    for (;;) {
      await this.#untilConnected(deadline);
      try {
        return await this.#connection.call(request);
      } catch (error) {
        if (error instanceof ZooKeeperError) throw error;
        if (this.#isClosed) throw stopped();
        if (!isRepeatable)
          throw new CoordinationError('AWAY', `ZooKeeper is away: ${(error as Error).message}`);
        this.#isConnected = false;
      }
    }
  }

  /** Resolves when it has ended, or when the servers cannot be told. May be called twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const wake of this.#waiting) wake();
    if (this.#isConnected) {
      const timer = setTimeout(() => this.#connection.destroy(), ENDING);
      this.#connection.end();
      await this.#connection.closed;
      clearTimeout(timer);
    }
    this.#connection.destroy();
    await this.#connection.closed;
  }

  #connect(): Connection {
    const { servers, credentials, event } = this.#options;
    const server = servers[this.#next++ % servers.length];
    const connection = new Connection({
      server,
      credentials,
      event,
      ticket: this.#ticket,
      transaction: this.#transaction,
      patience: this.#patience,
    });
    connection.opened.then(
      (ticket) => this.#opened(ticket),
      (error) => this.#refused(server, error),
    );
    void connection.closed.then(() => this.#lost(connection));
    return connection;
  }

  #opened(ticket: Ticket): void {
    this.#ticket = ticket;
    this.#isConnected = true;
    this.#faults = [];
    this.#lostAt = null;
    this.#backoff.reset();
    for (const wake of this.#waiting) wake();
    if (!this.#isClosed) this.#options.connected();
  }

  #refused({ host, port }: Server, error: Error): void {
    if (this.#isClosed) return;
    if (error instanceof SessionExpiredError) {
      this.#begin();
      return;
    }
    this.#faults.push(`${host}:${port}: ${error.message || error.name}`);
    if (this.#faults.length < this.#options.servers.length) return;
    this.#options.failed(new CoordinationError('AWAY', `ZooKeeper is away: ${this.#faults.join(', ')}`));
    this.#faults = [];
  }

  #lost({ transaction }: Connection): void {
    this.#isConnected = false;
    this.#transaction = transaction;
    if (this.#isClosed) return;
    this.#lostAt ??= performance.now();
    this.#timer = setTimeout(() => this.#reconnect(), this.#backoff.next());
  }

  /**
   * Servers that have lost what they had, or have older data now, hang up on whoever has seen more than they have: they
   * would never tell that the session has expired. So it is given up when its time is over.
   */
  #reconnect(): void {
    if (this.#lostAt !== null && performance.now() - this.#lostAt > this.timeout) {
      this.#lostAt = null;
      this.#transaction = 0n;
      this.#begin();
    }
    if (!this.#isClosed) this.#connection = this.#connect();
  }

  /** Anew, as another session. */
  #begin(): void {
    this.#ticket = newTicket(this.#options.timeout);
    this.#options.expired();
  }

  /** @throws {CoordinationError} `SHARDMUX_COORDINATION_AWAY` when the time is over. */
  async #untilConnected(deadline: number): Promise<void> {
    while (!this.#isConnected && !this.#isClosed) {
      const wait = deadline - performance.now();
      if (wait <= 0) throw new CoordinationError('AWAY', 'ZooKeeper is away: no server answers in time');
      await new Promise<void>((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          this.#waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, wait);
        this.#waiting.add(wake);
      });
    }
    if (this.#isClosed) throw stopped();
  }
}

function stopped(): CoordinationError {
  return new CoordinationError('STOPPED', 'the ZooKeeper store is stopped');
}
