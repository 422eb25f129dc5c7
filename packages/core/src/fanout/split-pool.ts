import type { Engine } from '../engine.js';
import { Split } from './split.js';

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
    this.#free.push(split);
  }
}
