import type { NodeCallback } from '../commands/arguments.js';

/** Calls back before anybody who awaits the promise from now on. As ioredis: what is no function is not called. */
export function callBack<Result>(promise: Promise<Result>, callback: NodeCallback<Result> | undefined): void {
  if (typeof callback !== 'function') return;
  promise.then(
    (result) => tell(() => callback(null, result)),
    (error: Error) => tell(() => callback(error)),
  );
}

/** What a callback throws is its own affair: it goes up outside of the promise. */
export function tell(callback: () => void): void {
  try {
    callback();
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}
