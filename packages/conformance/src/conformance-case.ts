import { ConformanceError } from './conformance-error.js';

/** One promise of a contract, with its proof. Any test runner can register it: `test(promise, check)`. */
export interface ConformanceCase {
  /** The promise in words, unique within its suite. */
  readonly promise: string;
  /** @throws {ConformanceError} when the plugin breaks the promise, by a wrong answer or by an error of its own. */
  check(): void | Promise<void>;
}

/** Ends a check: the promise does not hold. */
export type Breach = (detail: string) => never;

export function conformanceCase(promise: string, prove: (breach: Breach) => void): ConformanceCase {
  const breach: Breach = (detail) => {
    throw new ConformanceError(promise, detail);
  };
  return {
    promise,
    check() {
      try {
        prove(breach);
      } catch (error) {
        if (error instanceof ConformanceError) throw error;
        throw new ConformanceError(promise, String(error), { cause: error });
      }
    },
  };
}
