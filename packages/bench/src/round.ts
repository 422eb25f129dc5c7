import type { BenchmarkCase } from './benchmark-case.js';
import type { Contestant } from './contestant.js';
import { load } from './load.js';
import { processUsage } from './process-usage.js';

/** How long a measured run is meant to take, in seconds. */
const RUN_TIME = 2.5;
// The first guesses the speed for the second, which warms up the compiler of V8 and tells the speed well.
const WARM_UP_TIMES = [0.2, 1];
const FIRST_GUESS = 20_000;

export interface Measurement {
  readonly requestsPerSecond: number;
  /** CPU µs per request; NaN where the system does not tell. */
  readonly cpuPerRequest: number;
}

/** Warms up, and finds how many requests fill one measured run. */
export async function warmUp(contestant: Contestant, one: BenchmarkCase): Promise<number> {
  let speed = FIRST_GUESS;
  for (const time of WARM_UP_TIMES) speed = await load(contestant.port, one, countFor(one, speed * time));
  return countFor(one, speed * RUN_TIME);
}

export async function measure(
  contestant: Contestant,
  one: BenchmarkCase,
  requests: number,
): Promise<Measurement> {
  const before = cpuOf(contestant);
  const requestsPerSecond = await load(contestant.port, one, requests);
  return { requestsPerSecond, cpuPerRequest: (cpuOf(contestant) - before) / requests };
}

function cpuOf({ pid }: Contestant): number {
  return processUsage(pid)?.cpu ?? Number.NaN;
}

/** Whole pipelines: redis-benchmark would send more than it was told, to fill the last one. */
function countFor({ pipeline }: BenchmarkCase, requests: number): number {
  return Math.ceil(requests / pipeline) * pipeline;
}
