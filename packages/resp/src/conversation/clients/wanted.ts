import { ascii } from '../../ascii.js';
import { textAt } from '../../commands/words.js';
import { encodeCommand } from '../../request/encode-command.js';
import type { RespCommand } from '../../request/resp-command.js';
import { argumentOf, keysOf } from '../arguments.js';

/** A command that waits, and what is left of its time. */
export class Wanted {
  readonly keys: readonly Uint8Array[];
  readonly #words: Uint8Array[];
  readonly #timeoutAt: number;
  readonly #unit: number;
  readonly #until: number;
  #isAsked = false;

  /**
   * @param timeoutAt which argument says how long.
   * @param unit of that, in ms.
   */
  constructor(command: RespCommand, timeoutAt: number, unit: number) {
    this.keys = keysOf(command);
    this.#words = Array.from({ length: command.argCount }, (_, i) => argumentOf(command, i));
    this.#timeoutAt = timeoutAt;
    this.#unit = unit;
    this.#until = performance.now() + patienceFor(Number(textAt(command, timeoutAt, 32)) * unit);
  }

  /** In ms. */
  get patience(): number {
    return Math.max(0, this.#until - performance.now());
  }

  get isOver(): boolean {
    return this.patience === 0;
  }

  /** As it was written; from the second time on it waits for what is left. */
  get bytes(): Uint8Array {
    const { patience } = this;
    if (this.#isAsked && Number.isFinite(patience))
      this.#words[this.#timeoutAt] = ascii(String(Math.ceil(patience) / this.#unit));
    this.#isAsked = true;
    return encodeCommand(...this.#words);
  }
}

/** @param timeout ms as the server reads it; what it refuses is refused at once. */
export function patienceFor(timeout: number): number {
  if (timeout === 0) return Number.POSITIVE_INFINITY;
  return timeout > 0 ? timeout : 0;
}
