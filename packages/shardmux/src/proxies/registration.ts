import { randomUUID } from 'node:crypto';
import type { TcpEndpoint } from '@shardmux/config-file';
import { HeldKey, type Logger } from '@shardmux/core';
import { type CoordinationStore, formatEndpoint } from '@shardmux/plugin-api';
import { PROXIES, writeEntry } from './proxy-entry.js';

export interface RegistrationOptions {
  readonly pool: string;
  /** Where it stands; `null`: nowhere in particular. */
  readonly zone: string | null;
  /** Where clients reach it. */
  readonly as: TcpEndpoint;
  /** Its own: started and stopped here. */
  readonly store: CoordinationStore;
  readonly logger: Logger;
}

/**
 * Tells clients that a proxy is there, by a key that vanishes with it: `proxies/ID`, whose value is
 * `{"address":"HOST:PORT","pool":"NAME"}`, and its `zone` where it has one.
 */
export class Registration {
  readonly #options: RegistrationOptions;
  readonly #held: HeldKey;
  #fault = '';

  constructor(options: RegistrationOptions) {
    this.#options = options;
    const value = writeEntry(options.pool, { address: options.as, zone: options.zone });
    this.#held = new HeldKey(options.store, PROXIES + randomUUID(), value, {
      held: () => this.#registered(),
      failed: (error) => this.#failed(error),
    });
  }

  /** Goes on in the background: a proxy serves, whether it is found or not. */
  start(): void {
    this.#options.store.start({ away: (error) => this.#failed(error), back: () => (this.#fault = '') });
    this.#held.start();
  }

  /** Nobody finds it any more when it resolves; or later, by its time, where the store is away. */
  async stop(): Promise<void> {
    this.#held.close();
    await this.#options.store.stop().catch(() => {});
  }

  #registered(): void {
    const { pool, as, logger } = this.#options;
    this.#fault = '';
    logger.info(`pool ${pool} is registered as ${formatEndpoint(as)}`);
  }

  /** What keeps it from being found is told once. */
  #failed({ message }: Error): void {
    if (message === this.#fault) return;
    this.#fault = message;
    this.#options.logger.warn(`pool ${this.#options.pool} cannot be registered: ${message}`);
  }
}
