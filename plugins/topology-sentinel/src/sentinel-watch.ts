import { setTimeout as sleep } from 'node:timers/promises';
import type { TcpEndpoint } from '@shardmux/config-file';
import { type Access, SentinelLink } from './sentinel-link.js';
import type { SentinelView } from './sentinel-view.js';

/** How long it takes until one that does not answer is tried again, in ms: twice as long each time. */
const SHORTEST_PAUSE = 100;
const LONGEST_PAUSE = 2_000;

/**
 * Knows what one Sentinel says, as long as it can be reached.
 *
 *   new ──► connecting ──► reading ──► watching ──an event, `ask`, or `interval` is over──► reading …
 *               ▲             │            │
 *               └──a pause────┴────────────┴── lost          close, from anywhere ──► closed
 */
export class SentinelWatch {
  /** Resolves when it has answered for the first time, or could not. */
  readonly asked: Promise<void>;
  /** `null`: it cannot be reached. */
  view: SentinelView | null = null;
  /** Why it cannot. */
  fault = '';
  readonly #address: TcpEndpoint;
  readonly #access: Access;
  readonly #interval: number;
  readonly #changed: () => void;
  readonly #closing = new AbortController();
  readonly #over: Promise<void>;
  #link: SentinelLink | null = null;
  #pause = SHORTEST_PAUSE;

  /**
   * @param interval how often it is asked where nothing gives rise to it, in ms.
   * @param changed called when it has said something, or cannot be reached any more.
   */
  constructor(address: TcpEndpoint, access: Access, interval: number, changed: () => void) {
    this.#address = address;
    this.#access = access;
    this.#interval = interval;
    let answered = () => {};
    this.asked = new Promise((resolve) => {
      answered = resolve;
    });
    this.#changed = () => {
      changed();
      answered();
    };
    this.#over = this.#run().then(answered);
  }

  /** It is to be asked soon. One that cannot be reached is tried again in its own time. */
  ask(): void {
    this.#link?.bell.ring();
  }

  /** Resolves when no connection is left. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#link?.close();
    await this.#over;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const link = new SentinelLink(this.#address, this.#access);
      this.#link = link;
      try {
        await this.#follow(link);
      } catch (error) {
        this.fault = (error as Error).message;
      }
      this.view = null;
      await link.close();
      if (signal.aborted) return;
      this.#changed();
      await sleep(this.#pause, null, { signal }).catch(() => {});
      this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE);
    }
  }

  /** @throws when the Sentinel cannot be reached any more, or the link is closed. */
  async #follow(link: SentinelLink): Promise<never> {
    await link.open();
    for (;;) {
      this.view = await link.read();
      this.#pause = SHORTEST_PAUSE;
      this.#changed();
      await link.bell.wait(this.#interval);
    }
  }
}
