import { type ConformanceCase, ConformanceError } from '../src/index.js';

/** The promises of a suite that do not hold. */
export async function brokenPromises(suite: readonly ConformanceCase[]): Promise<string[]> {
  const broken: string[] = [];
  for (const { promise, check } of suite) {
    try {
      await check();
    } catch (error) {
      if (!(error instanceof ConformanceError) || error.promise !== promise) throw error;
      broken.push(promise);
    }
  }
  return broken;
}
