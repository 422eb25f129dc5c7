import { FixtureError } from './fixture-error.js';

/** Tells where the thing waited for ends in `[start, end)`; -1 while some of it is missing. */
export type Measure = (bytes: Buffer, start: number, end: number) => number;

interface Waiter {
  readonly measure: Measure;
  readonly resolve: (bytes: Buffer) => void;
  readonly reject: (error: unknown) => void;
}

/** Bytes that came in over a connection and wait to be taken, first come, first served. */
export class Inbox {
  #bytes = Buffer.alloc(64 * 1024);
  #start = 0;
  #end = 0;
  #ended = false;
  readonly #waiters: Waiter[] = [];

  push(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#bytes.length) this.#makeRoom(chunk.length);
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
    this.#serve();
  }

  /** Nothing more will come: what is there can still be taken. */
  end(): void {
    this.#ended = true;
    this.#serve();
  }

  /** @throws {FixtureError} `SHARDMUX_FIXTURE_CLOSED` when the connection ends first; what `measure` throws. */
  take(measure: Measure): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ measure, resolve, reject });
      this.#serve();
    });
  }

  /** A copy of what nobody has taken. */
  get untaken(): Buffer {
    return Buffer.from(this.#bytes.subarray(this.#start, this.#end));
  }

  #serve(): void {
    for (let waiter = this.#waiters[0]; waiter !== undefined; waiter = this.#waiters[0]) {
      try {
        const end = waiter.measure(this.#bytes, this.#start, this.#end);
        if (end < 0 && !this.#ended) return;
        if (end < 0) throw this.#closed();
        waiter.resolve(Buffer.from(this.#bytes.subarray(this.#start, end)));
        this.#start = end;
      } catch (error) {
        waiter.reject(error);
      }
      this.#waiters.shift();
    }
  }

  #closed(): FixtureError {
    const left = this.#end - this.#start;
    return new FixtureError(
      'SHARDMUX_FIXTURE_CLOSED',
      `the connection ended before what was waited for, with ${left} bytes unread`,
    );
  }

  /** Doubling, and moving only when it pays, keep a value of many chunks linear. */
  #makeRoom(length: number): void {
    const used = this.#end - this.#start;
    const enough = used + length <= this.#bytes.length / 2;
    const next = enough ? this.#bytes : Buffer.alloc(2 * (used + length));
    this.#bytes.copy(next, 0, this.#start, this.#end);
    this.#bytes = next;
    this.#start = 0;
    this.#end = used;
  }
}
