/** A command that took long. Of its keys only their number is known here. */
export interface SlowCommand {
  /** When it came, in ms since 1970. */
  readonly time: number;
  /** In ms. */
  readonly duration: number;
  /** In lower case. */
  readonly command: string;
  readonly keys: number;
  readonly pool: string;
  /** Who answered; of several servers the one that answered last; `null` where none was asked. */
  readonly server: string | null;
  /** `ok`, what the server's error begins with (`WRONGTYPE`), or why no server answered (`timeout`). */
  readonly outcome: string;
}

/** The last commands that took long, up to a number. */
export class SlowLog {
  /** In ms. */
  readonly threshold: number;
  readonly #length: number;
  readonly #ring: SlowCommand[] = [];
  #next = 0;

  constructor(threshold: number, length: number) {
    this.threshold = threshold;
    this.#length = length;
  }

  add(command: SlowCommand): void {
    this.#ring[this.#next] = command;
    this.#next = (this.#next + 1) % this.#length;
  }

  /** The latest first. */
  get commands(): SlowCommand[] {
    return [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)].reverse();
  }
}
