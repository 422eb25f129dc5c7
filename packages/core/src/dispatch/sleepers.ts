import type { InFlight } from './in-flight.js';

/** Waits for a link that is full. */
export interface Sleeper {
  /** There is room again, or the link was lost. Must not send at once, but later in the turn. */
  wake(): void;
}

/** Those who wait until a link has room. */
export class Sleepers {
  readonly #inFlight: InFlight;
  readonly #bytes: number;
  readonly #waiting: Sleeper[] = [];

  /** @param bytes there is room when no more than these are in flight. */
  constructor(inFlight: InFlight, bytes: number) {
    this.#inFlight = inFlight;
    this.#bytes = bytes;
  }

  push(sleeper: Sleeper): void {
    this.#waiting.push(sleeper);
  }

  wakeIfRoom(): void {
    if (this.#waiting.length > 0 && this.#inFlight.load <= this.#bytes) this.wakeAll();
  }

  wakeAll(): void {
    for (const sleeper of this.#waiting.splice(0)) sleeper.wake();
  }
}
