import type { Performance } from '../contest.js';
import { medianOf, pairedRatio } from '../ratio.js';
import { decimals, Table } from '../table.js';
import type { Targets } from '../targets.js';
import type { ClientCase } from './client-case.js';
import type { Contestant } from './client-contest.js';

const MEANING =
  'Medians over the rounds. CPU: µs per call in user and kernel mode, all threads of a process. Ratios are ours to\n' +
  'that client, taken within each round.';

/** A row per client in each case, ours first. */
export class ClientReport {
  readonly #contestants: readonly Contestant[];
  /** `null` where the peers are not those that the targets are stated against. */
  readonly #targets: Targets | null;
  readonly #table: Table;

  constructor(contestants: readonly Contestant[], targets: Targets | null) {
    this.#contestants = contestants;
    this.#targets = targets;
    this.#table = new Table([
      { title: 'case', width: 10, isName: true },
      { title: 'client', width: Math.max(...contestants.map(({ name }) => name.length)), isName: true },
      { title: 'calls/s', width: 9 },
      { title: 'ratio', width: 6 },
      { title: 'CPU µs', width: 8 },
      { title: 'ratio', width: 6 },
      { title: 'peak MB', width: 8 },
    ]);
  }

  header(): string {
    return this.#table.header();
  }

  /** @param performances of the contestants, in their order. */
  rows(one: ClientCase, performances: readonly Performance[]): string {
    const rows = performances.map((each, index) => this.#row(one, performances[0]!, each, index));
    const verdict = this.#targets === null ? [] : [this.#verdict(this.#targets, one, performances)];
    return [...rows, ...verdict, ''].join('\n');
  }

  summary(): string {
    return this.#targets === null ? MEANING : `${MEANING}\n${this.#targets.summary()}`;
  }

  #row({ name }: ClientCase, ours: Performance, each: Performance, index: number): string {
    const ratio = (figure: 'speed' | 'cpu') =>
      index === 0 ? '' : decimals(pairedRatio(ours, each, figure), 2);
    return this.#table.row([
      index === 0 ? name : '',
      this.#contestants[index]!.name,
      decimals(medianOf(each, 'speed'), 0),
      ratio('speed'),
      decimals(medianOf(each, 'cpu'), 2),
      ratio('cpu'),
      decimals(each.peakMemory / 1e6, 1),
    ]);
  }

  /** Against whichever peer is the hardest to beat. */
  #verdict(targets: Targets, one: ClientCase, [ours, ...peers]: readonly Performance[]): string {
    const speed = Math.min(...peers.map((peer) => pairedRatio(ours!, peer, 'speed')));
    const parts = [`calls/s to the best: ${decimals(speed, 2)} ${targets.atLeast(speed, one.speedTarget)}`];
    if (one.cpuTarget !== null) {
      const isIoredis = (index: number) => this.#contestants[index + 1]!.kind.startsWith('ioredis');
      const ioredis = peers.filter((_, index) => isIoredis(index));
      const cpu = Math.max(...ioredis.map((peer) => pairedRatio(ours!, peer, 'cpu')));
      parts.push(`CPU to the better ioredis: ${decimals(cpu, 2)} ${targets.atMost(cpu, one.cpuTarget)}`);
    }
    return `  ${parts.join(', ')}`;
  }
}
