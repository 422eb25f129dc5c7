import { type Breach, ConformanceError } from './conformance-error.js';
import { Proof } from './proof.js';

/** One promise of a contract, with its proof. Any test runner can register it: `test(promise, check)`. */
export interface ConformanceCase {
  /** The promise in words, unique within its suite. */
  readonly promise: string;
  /** @throws {ConformanceError} when the plugin breaks the promise, by a wrong answer or by an error of its own. */
  check(): void | Promise<void>;
}

export function conformanceCase(promise: string, prove: (breach: Breach) => void): ConformanceCase {
  return {
    promise,
    check() {
      try {
        prove(breachOf(promise));
      } catch (error) {
        throw asBreach(promise, error);
      }
    },
  };
}

/**
 * The case of a promise whose proof takes time.
 * @param limit how long it may take, in ms
 */
export function timedCase(
  promise: string,
  limit: number,
  prove: (proof: Proof) => Promise<void>,
): ConformanceCase {
  return {
    promise,
    async check() {
      const proof = new Proof(breachOf(promise), limit);
      try {
        await prove(proof);
      } catch (error) {
        throw asBreach(promise, error);
      } finally {
        await proof.end();
      }
    },
  };
}

function breachOf(promise: string): Breach {
  return (detail) => {
    throw new ConformanceError(promise, detail);
  };
}

/** An error of the plugin's own breaks the promise that was being proven. */
function asBreach(promise: string, error: unknown): ConformanceError {
  if (error instanceof ConformanceError) return error;
  return new ConformanceError(promise, String(error), { cause: error });
}
