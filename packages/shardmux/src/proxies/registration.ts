import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TcpEndpoint } from '@shardmux/config-file';
import type { Logger } from '@shardmux/core';
import { type CoordinationStore, formatEndpoint } from '@shardmux/plugin-api';
import { PROXIES, writeEntry } from './proxy-entry.js';

/** How long a proxy that died is still found, in ms. */
const TTL = 5_000;
/** Between attempts, in ms. */
const PAUSE = 1_000;

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
 *
 *   start ──► leasing ──► registered ──stop──► gone, at once
 *                ▲             │
 *                └─── pause ◄──┴── the lease is lost, or the store is away
 */
export class Registration {
  readonly #options: RegistrationOptions;
  readonly #key = PROXIES + randomUUID();
  readonly #value: string;
  #isOpen = true;
  #fault = '';

  constructor(options: RegistrationOptions) {
    this.#options = options;
    this.#value = writeEntry(options.pool, options.as, options.zone);
  }

  /** Goes on in the background: a proxy serves, whether it is found or not. */
  start(): void {
    this.#options.store.start({ away: (error) => this.#failed(error), back: () => (this.#fault = '') });
    void this.#keep();
  }

  /** Nobody finds it any more when it resolves; or later, by its time, where the store is away. */
  async stop(): Promise<void> {
    this.#isOpen = false;
    await this.#options.store.stop().catch((error: Error) => this.#failed(error));
  }

  async #keep(): Promise<void> {
    while (this.#isOpen) {
      await this.#untilLost().catch((error: Error) => this.#failed(error));
      await sleep(PAUSE, undefined, { ref: false });
    }
  }

  async #untilLost(): Promise<void> {
    let lose = () => {};
    const lost = new Promise<void>((resolve) => {
      lose = resolve;
    });
    const lease = await this.#options.store.lease(TTL, lose);
    try {
      await lease.put(this.#key, this.#value);
      this.#registered();
      await lost;
    } finally {
      await lease.end();
    }
  }

  #registered(): void {
    const { pool, as, logger } = this.#options;
    this.#fault = '';
    logger.info(`pool ${pool} is registered as ${formatEndpoint(as)}`);
  }

  /** What keeps it from being found is told once. */
  #failed({ message }: Error): void {
    if (!this.#isOpen || message === this.#fault) return;
    this.#fault = message;
    this.#options.logger.warn(`pool ${this.#options.pool} cannot be registered: ${message}`);
  }
}
