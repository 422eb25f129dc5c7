import type { Engine } from '../engine.js';
import { Split } from './split.js';

/** More than this many commands are rarely split at once. */
const MAX_FREE = 256;

/** Splits at rest, for the next command that needs one. */
export class SplitPool {
  readonly #engine: Engine;
  readonly #free: Split[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  acquire(): Split {
    return this.#free.pop() ?? new Split(this.#engine, this);
  }

  release(split: Split): void {
    split.trim();
    if (this.#free.length < MAX_FREE) this.#free.push(split);
  }
}
