/** Something that has output waiting for the end of the turn. */
export interface Flushable {
  flush(): void;
}

/**
 * One turn of the event loop, seen from the engine.
 *
 *   poll phase: reads ──► decode ──► append to links and sessions ──► schedule
 *   check phase (setImmediate): flush everything scheduled, one write each
 *
 * So all that arrives in a turn for one link leaves by one system call. The clock is read once per turn.
 */
export class Turn {
  readonly #scheduled: Flushable[] = [];
  readonly #clock: () => number;
  readonly #afterFlush = new Set<() => void>();
  #armed = false;
  #now = 0;
  #fresh = false;

  /** @param clock ms, monotonic. */
  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  /** Milliseconds; the same all through a turn. */
  get now(): number {
    if (!this.#fresh) {
      this.#now = this.#clock();
      this.#fresh = true;
      this.#arm();
    }
    return this.#now;
  }

  /** Calls `flush` once at the turn's end. Not to be called again for the same thing before that. */
  schedule(item: Flushable): void {
    this.#scheduled.push(item);
    this.#arm();
  }

  /** A transport's own flush, called when all writes of a turn are queued; once, however many pools share it. */
  onFlushed(flush: () => void): void {
    this.#afterFlush.add(flush);
  }

  #arm(): void {
    if (this.#armed) return;
    this.#armed = true;
    setImmediate(this.#run);
  }

  readonly #run = (): void => {
    const scheduled = this.#scheduled;
    // What a flush schedules (a woken session's requests, say) still belongs to this turn.
    for (let i = 0; i < scheduled.length; i++) scheduled[i].flush();
    scheduled.length = 0;
    for (const flush of this.#afterFlush) flush();
    this.#armed = false;
    this.#fresh = false;
  };
}
