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

/** One lease, and what the store was given under it. */
interface Tenure {
  readonly lease: Lease;
  /** `null`: nothing yet. */
  written: string | null;
  isWriting: boolean;
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
  #tenure: Tenure | null = null;
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
    return this.#tenure?.lease.isLive ?? false;
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
    const tenure = this.#tenure;
    if (tenure === null) return;
    this.#write(tenure).catch((error: Error) => {
      if (tenure !== this.#tenure) return;
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
    const tenure: Tenure = { lease, written: null, isWriting: false };
    this.#tenure = tenure;
    try {
      await this.#write(tenure);
      await lost;
    } finally {
      this.#tenure = null;
      await lease.end();
    }
  }

  /** One value after the other; those between the first and the last may be left out. */
  async #write(tenure: Tenure): Promise<void> {
    if (tenure.isWriting) return;
    tenure.isWriting = true;
    try {
      while (tenure.written !== this.#value && tenure === this.#tenure) {
        const value = this.#value;
        await tenure.lease.put(this.#key, value);
        tenure.written = value;
      }
    } finally {
      tenure.isWriting = false;
    }
    if (tenure === this.#tenure) this.#listener.held();
  }

  #failed(error: Error): void {
    if (this.#isOpen) this.#listener.failed(error);
  }
}
