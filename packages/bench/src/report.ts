import type { BenchmarkCase } from './benchmark-case.js';
import type { Pair, Performance } from './contest.js';
import { median } from './median.js';

const COLUMNS = [
  { title: 'case', width: 13 },
  { title: 'req/s', width: 9 },
  { title: 'peer', width: 9 },
  { title: 'ratio', width: 6 },
  { title: 'CPU µs', width: 8 },
  { title: 'peer', width: 8 },
  { title: 'ratio', width: 6 },
  { title: 'target', width: 8 },
  { title: 'peak MB', width: 8 },
  { title: 'peer', width: 8 },
];

/** A table whose rows can be printed as they come. */
export class Report {
  readonly #withTargets: boolean;
  #met = 0;
  #missed = 0;

  /** @param withTargets whether the peer is the one that the targets are stated against. */
  constructor(withTargets: boolean) {
    this.#withTargets = withTargets;
  }

  header(): string {
    return line(COLUMNS.map((column) => column.title));
  }

  row(one: BenchmarkCase, pair: Pair<Performance>): string {
    const speeds = pair.map((side) => median(side.measurements.map((run) => run.requestsPerSecond)));
    const cpus = pair.map((side) => median(side.measurements.map((run) => run.cpuPerRequest)));
    const cpuRatio = pairedCpuRatio(pair);
    return line([
      one.name,
      ...speeds.map((speed) => decimals(speed, 0)),
      decimals(speeds[0]! / speeds[1]!, 2),
      ...cpus.map((cpu) => decimals(cpu, 2)),
      decimals(cpuRatio, 2),
      this.#verdict(cpuRatio, one.target),
      ...pair.map((side) => decimals(side.peakMemory / 1e6, 1)),
    ]);
  }

  summary(): string {
    const meaning =
      'Medians over the rounds. CPU: µs per request in user and kernel mode, all processes of a proxy;\n' +
      'its ratio is the median of the ratios of each round. Ratios are ours to the peer.';
    return this.#withTargets
      ? `${meaning}\nCPU targets met: ${this.#met}, missed: ${this.#missed}.`
      : meaning;
  }

  #verdict(ratio: number, target: number): string {
    if (!this.#withTargets || Number.isNaN(ratio)) return '-';
    const met = ratio <= target;
    if (met) this.#met++;
    else this.#missed++;
    return `${met ? '✓' : '✗'} ${target.toFixed(2)}`;
  }
}

/** Paired by round, since both runs of a round met the same state of the machine. */
function pairedCpuRatio([ours, peer]: Pair<Performance>): number {
  const ratios = ours.measurements.map(
    (run, round) => run.cpuPerRequest / peer.measurements[round]!.cpuPerRequest,
  );
  return median(ratios);
}

function decimals(value: number, digits: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(digits);
}

function line(cells: readonly string[]): string {
  const [name, ...numbers] = cells.map((cell, index) => ({ cell, width: COLUMNS[index]!.width }));
  return [name!.cell.padEnd(name!.width), ...numbers.map(({ cell, width }) => cell.padStart(width))].join(
    ' ',
  );
}
