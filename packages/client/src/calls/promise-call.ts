import type { Argument, ReadOptions } from '@shardmux/plugin-api';
import { shapeOf } from '../commands/reply-shapes.js';
import { Call } from './call.js';

const ignore = () => {};

/** A call with a promise. */
export class PromiseCall extends Call {
  readonly promise: Promise<unknown>;
  #resolve!: (value: unknown) => void;
  #reject!: (error: Error) => void;
  /** Lets go of an AbortSignal. */
  onDone: (() => void) | null = null;

  constructor(name: string, args: readonly Argument[], read: ReadOptions) {
    super(name, args, read);
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  protected resolve(value: unknown): void {
    const shape = shapeOf(this.name);
    this.#resolve(shape === undefined ? value : shape(value));
    this.onDone?.();
  }

  /** Whoever awaits the promise gets the error; one that nobody looks at must not end the process. */
  protected reject(error: Error): void {
    quiet(this.promise);
    this.#reject(error);
    this.onDone?.();
  }
}

/** A promise that may be dropped: were it rejected then, it would end the process. */
export function quiet<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(ignore);
  return promise;
}
