import type { Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

/** What a relay does to the bytes that pass it. */
export interface Faults {
  /** Bytes and ends are swallowed. */
  blackhole: boolean;
  /** How many ms later bytes are passed on. */
  delay: number;
  /** Bytes are passed on in pieces of this length; 0 passes on what came. */
  chop: number;
}

/** One direction of a relayed connection: source ──► faults ──► sink. */
export class RelayFlow {
  /** What came in from the source, swallowed or not. */
  bytes = 0;
  /** Something was swallowed: what follows makes no sense to the sink. */
  broken = false;
  readonly #sink: Socket;
  readonly #source: Socket;
  readonly #faults: Readonly<Faults>;
  /** Keeps the order when pieces and delays stand between arriving and passing on. */
  #passed: Promise<void> = Promise.resolve();

  constructor(source: Socket, sink: Socket, faults: Readonly<Faults>) {
    this.#source = source;
    this.#sink = sink;
    this.#faults = faults;
    source.on('data', (chunk) => {
      this.bytes += chunk.length;
      this.#arrived(chunk);
    });
    source.on('end', () => this.#arrived(null));
    sink.on('drain', () => source.resume());
  }

  #arrived(chunk: Buffer | null): void {
    if (this.#faults.blackhole) {
      this.broken = true;
      return;
    }
    const due = performance.now() + this.#faults.delay;
    this.#passed = this.#passed.then(() => this.#pass(chunk, due));
  }

  async #pass(chunk: Buffer | null, due: number): Promise<void> {
    const wait = due - performance.now();
    if (wait > 0) await sleep(wait);
    if (chunk === null) {
      this.#sink.end();
      return;
    }
    const { chop } = this.#faults;
    const length = chop || chunk.length;
    for (let start = 0; start < chunk.length; start += length) {
      // One piece a turn, or the receiver reads several at once.
      if (chop > 0) await nextTurn();
      this.#write(chunk.subarray(start, start + length));
    }
  }

  #write(piece: Buffer): void {
    if (this.#sink.writable && !this.#sink.write(piece)) this.#source.pause();
  }
}
