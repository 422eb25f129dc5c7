import type { Logger } from '@shardmux/core';

/** How long no further line is written, in ms: whoever is refused may come again at once. */
const PAUSE = 1_000;

/** Tells an operator of clients that were turned away: one of them in words, those of the next second by their number. */
export class RefusalLog {
  readonly #pool: string;
  readonly #logger: Logger;
  #silentUntil = 0;
  #untold = 0;

  constructor(pool: string, logger: Logger) {
    this.#pool = pool;
    this.#logger = logger;
  }

  tell(remote: string, reason: string): void {
    const now = performance.now();
    if (now < this.#silentUntil) {
      this.#untold++;
      return;
    }
    const others = this.#untold === 0 ? '' : ` (${this.#untold} more since the last such line)`;
    this.#logger.warn(`pool ${this.#pool}: client ${remote} was refused: ${reason}${others}`);
    this.#untold = 0;
    this.#silentUntil = now + PAUSE;
  }
}
