/** One measured run. */
export interface Measurement {
  /** Requests per second. */
  readonly speed: number;
  /** CPU µs per request; NaN where the system does not tell. */
  readonly cpu: number;
}

/** What one side did in one case. */
export interface Performance {
  /** One of each round, in order: those of all sides pair up. */
  readonly measurements: readonly Measurement[];
  /** In bytes; NaN where the system does not tell. */
  readonly peakMemory: number;
}

/** One of those who are compared, warm and ready to run a case. */
export interface Side {
  run(): Promise<Measurement>;
  peakMemory(): number;
}

/** Runs all sides in turn; who goes first changes with each round. */
export async function contest(sides: readonly Side[], rounds: number): Promise<Performance[]> {
  const measurements = sides.map((): Measurement[] => []);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < sides.length; turn++) {
      const index = (round + turn) % sides.length;
      measurements[index]!.push(await sides[index]!.run());
    }
  }
  return sides.map((side, index) => ({
    measurements: measurements[index]!,
    peakMemory: side.peakMemory(),
  }));
}
