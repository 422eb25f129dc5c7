import type { Measurement, Performance } from './contest.js';

/** The middle value, or the mean of the middle two. NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

export function medianOf({ measurements }: Performance, figure: keyof Measurement): number {
  return median(measurements.map((run) => run[figure]));
}

/**
 * Ours to the peer's: the median of the ratios of each round. Both runs of a round met the same state of the
 * machine, so one that slows down for a while weighs on both.
 */
export function pairedRatio(ours: Performance, peer: Performance, figure: keyof Measurement): number {
  return median(ours.measurements.map((run, round) => run[figure] / peer.measurements[round]![figure]));
}
