import type { Later } from '@shardmux/plugin-api';
import type { RespCommand } from '../../request/resp-command.js';
import type { Transaction } from '../transactions/transaction.js';

/** The longest time that a timer of Node takes, in ms. */
const MAX_DELAY = 2 ** 31 - 1;

/**
 * CLIENT PAUSE: commands of all conversations of a pool wait.
 *
 *   begun ── extended … ──► its time is up, or CLIENT UNPAUSE ──► over: what waited is taken
 */
export class Pause implements Later {
  readonly kind = 'later';
  readonly over: Promise<void>;
  #writesOnly: boolean;
  #until: number;
  #timer: NodeJS.Timeout;
  readonly #onTime: () => void;
  #resolve!: () => void;

  /** @param until by `performance.now`. */
  constructor(until: number, writesOnly: boolean, onTime: () => void) {
    this.#until = until;
    this.#writesOnly = writesOnly;
    this.#onTime = onTime;
    this.over = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#timer = this.#start();
  }

  extend(until: number, writesOnly: boolean): void {
    this.#writesOnly &&= writesOnly;
    if (until <= this.#until) return;
    this.#until = until;
    clearTimeout(this.#timer);
    this.#timer = this.#start();
  }

  #start(): NodeJS.Timeout {
    const delay = Math.min(Math.max(this.#until - performance.now(), 0), MAX_DELAY);
    // Nothing of it is to keep a process that is to end.
    return setTimeout(this.#onTime, delay).unref();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#resolve();
  }

  /** Whether a command is to wait. Of EXEC it is what was gathered that writes. */
  holds({ spec }: RespCommand, transaction: Transaction | null): boolean {
    if (!this.#writesOnly || spec.writes) return true;
    return spec.name === 'exec' && transaction !== null && transaction.writes;
  }
}
