export interface ClientCase {
  readonly name: string;
  /** How many calls are under way at once. */
  readonly concurrency: number;
  /** The least throughput that is good enough, as a ratio to the best peer's. */
  readonly speedTarget: number;
  /** The most CPU per call that is good enough, as a ratio to that of the better ioredis; `null` for any. */
  readonly cpuTarget: number | null;
}

export const CLIENT_CASES: readonly ClientCase[] = [
  { name: 'calls-1', concurrency: 1, speedTarget: 0.95, cpuTarget: null },
  { name: 'calls-50', concurrency: 50, speedTarget: 2.5, cpuTarget: 0.35 },
  { name: 'calls-1000', concurrency: 1_000, speedTarget: 2.5, cpuTarget: 0.35 },
];
