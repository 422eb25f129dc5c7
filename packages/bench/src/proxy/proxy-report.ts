import type { Performance } from '../contest.js';
import { medianOf, pairedRatio } from '../ratio.js';
import { decimals, Table } from '../table.js';
import type { Targets } from '../targets.js';
import type { ProxyCase } from './proxy-case.js';
import type { Pair } from './proxy-contest.js';

const MEANING =
  'Medians over the rounds. CPU: µs per request in user and kernel mode, all processes of a proxy. Ratios are ours\n' +
  'to the peer, taken within each round.';

/** A row per case. */
export class ProxyReport {
  /** `null` where the peer is not the one that the targets are stated against. */
  readonly #targets: Targets | null;
  readonly #table = new Table([
    { title: 'case', width: 13, isName: true },
    { title: 'req/s', width: 9 },
    { title: 'peer', width: 9 },
    { title: 'ratio', width: 6 },
    { title: 'CPU µs', width: 8 },
    { title: 'peer', width: 8 },
    { title: 'ratio', width: 6 },
    { title: 'target', width: 8 },
    { title: 'peak MB', width: 8 },
    { title: 'peer', width: 8 },
  ]);

  constructor(targets: Targets | null) {
    this.#targets = targets;
  }

  header(): string {
    return this.#table.header();
  }

  row(one: ProxyCase, pair: Pair<Performance>): string {
    const [ours, peer] = pair;
    const cpuRatio = pairedRatio(ours, peer, 'cpu');
    return this.#table.row([
      one.name,
      ...pair.map((side) => decimals(medianOf(side, 'speed'), 0)),
      decimals(pairedRatio(ours, peer, 'speed'), 2),
      ...pair.map((side) => decimals(medianOf(side, 'cpu'), 2)),
      decimals(cpuRatio, 2),
      this.#targets?.atMost(cpuRatio, one.target) ?? '-',
      ...pair.map((side) => decimals(side.peakMemory / 1e6, 1)),
    ]);
  }

  summary(): string {
    return this.#targets === null ? MEANING : `${MEANING}\n${this.#targets.summary()}`;
  }
}
