import type { Measurement, Side } from '../contest.js';
import { processUsage } from '../process-usage.js';
import { warmUp } from '../warm-up.js';
import type { Contestant } from './contestant.js';
import { load } from './load.js';
import type { ProxyCase } from './proxy-case.js';

/** How long a measured run is meant to take, in seconds. */
const RUN_TIME = 2.5;

/** A running proxy in one case. */
export class ProxySide implements Side {
  readonly #contestant: Contestant;
  readonly #case: ProxyCase;
  readonly #requests: number;

  private constructor(contestant: Contestant, one: ProxyCase, requests: number) {
    this.#contestant = contestant;
    this.#case = one;
    this.#requests = requests;
  }

  static async warm(contestant: Contestant, one: ProxyCase): Promise<ProxySide> {
    const requests = await warmUp(
      (count) => load(contestant.port, one, wholePipelines(one, count)),
      RUN_TIME,
    );
    return new ProxySide(contestant, one, wholePipelines(one, requests));
  }

  async run(): Promise<Measurement> {
    const before = this.#cpu();
    const speed = await load(this.#contestant.port, this.#case, this.#requests);
    return { speed, cpu: (this.#cpu() - before) / this.#requests };
  }

  peakMemory(): number {
    return processUsage(this.#contestant.pid)?.peakMemory ?? Number.NaN;
  }

  #cpu(): number {
    return processUsage(this.#contestant.pid)?.cpu ?? Number.NaN;
  }
}

/** redis-benchmark would send more than it was told, to fill the last pipeline. */
function wholePipelines({ pipeline }: ProxyCase, requests: number): number {
  return Math.ceil(requests / pipeline) * pipeline;
}
