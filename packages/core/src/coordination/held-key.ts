import { setTimeout as sleep } from 'node:timers/promises';
import type { CoordinationStore, Lease } from '@shardmux/plugin-api';

/** How long a key outlives a holder that died, in ms. */
const TTL = 5_000;
/** Between attempts, in ms. */
const PAUSE = 1_000;

export interface HeldKeyListener {
  /** The key stands, with its last value. */
  held(): void;
  /** It may not stand, and is tried again. Told at each attempt. */
  failed(error: Error): void;
}

/**
 * A key that stands as long as its holder lives, and the store lets it.
 *
 *   start ──► leasing ──► held ──close, and the store is stopped──► gone
 *                ▲         │
 *                └─ pause ◄┴── the lease is lost, or the store is away
 */
export class HeldKey {
  readonly #store: CoordinationStore;
  readonly #key: string;
  readonly #listener: HeldKeyListener;
  #value: string;
  /** What the store was given last. */
  #written: string | null = null;
  #isWriting = false;
  #lease: Lease | null = null;
  #isOpen = false;
  #lose = () => {};

  constructor(store: CoordinationStore, key: string, value: string, listener: HeldKeyListener) {
    this.#store = store;
    this.#key = key;
    this.#value = value;
    this.#listener = listener;
  }

  /** By this process's own clock, the others still count it as alive. */
  get isHeld(): boolean {
    return this.#lease?.isLive ?? false;
  }

  /** Goes on in the background. */
  start(): void {
    this.#isOpen = true;
    void this.#keep();
  }

  /** Nothing is told any more; the key goes with its store, which is stopped next. */
  close(): void {
    this.#isOpen = false;
  }

  set(value: string): void {
    this.#value = value;
    if (this.#lease === null) return;
    this.#write(this.#lease).catch((error: Error) => {
      this.#failed(error);
      this.#lose();
    });
  }

  async #keep(): Promise<void> {
    while (this.#isOpen) {
      await this.#untilLost().catch((error: Error) => this.#failed(error));
      await sleep(PAUSE, undefined, { ref: false });
    }
  }

  async #untilLost(): Promise<void> {
    const lost = new Promise<void>((resolve) => {
      this.#lose = resolve;
    });
    const lease = await this.#store.lease(TTL, this.#lose);
    this.#lease = lease;
    this.#written = null;
    try {
      await this.#write(lease);
      await lost;
    } finally {
      this.#lease = null;
      await lease.end();
    }
  }

  /** One value after the other; those between the first and the last may be left out. */
  async #write(lease: Lease): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    try {
      while (this.#written !== this.#value && lease === this.#lease) {
        const value = this.#value;
        await lease.put(this.#key, value);
        this.#written = value;
      }
    } finally {
      this.#isWriting = false;
    }
    this.#listener.held();
  }

  #failed(error: Error): void {
    if (this.#isOpen) this.#listener.failed(error);
  }
}
