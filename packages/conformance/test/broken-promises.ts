import { type ConformanceCase, ConformanceError } from '../src/index.js';

/** The promises of a suite that do not hold: each by an error that names it, and says more. */
export async function brokenPromises(suite: readonly ConformanceCase[]): Promise<string[]> {
  const broken: string[] = [];
  for (const { promise, check } of suite) {
    try {
      await check();
    } catch (error) {
      if (!(error instanceof ConformanceError) || !names(error, promise)) throw error;
      broken.push(promise);
    }
  }
  return broken;
}

function names(error: ConformanceError, promise: string): boolean {
  const start = `broken promise "${promise}": `;
  return error.promise === promise && error.message.startsWith(start) && error.message.length > start.length;
}
