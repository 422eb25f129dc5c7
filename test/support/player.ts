import type { Command, Step } from './random-stream.js';
import type { StreamComparison } from './stream-comparison.js';
import type { TwinClients } from './twins.js';

/** A reply, or a key's value in the end, that is not what the plain server has. */
export interface Difference {
  /** How many steps were done before. */
  readonly step: number;
  readonly command: Command;
  readonly ours: string;
  readonly plain: string;
}

/** Sends steps over one connection to either side, and compares what they say. */
export class Player {
  readonly #clients: TwinClients;
  readonly #comparison: StreamComparison;

  constructor(clients: TwinClients, comparison: StreamComparison) {
    this.#clients = clients;
    this.#comparison = comparison;
  }

  /** @param before steps done before these. */
  async play(steps: readonly Step[], before: number): Promise<Difference | null> {
    const exchanges = await this.#clients.exchange(steps.flat());
    let at = 0;
    for (const [i, step] of steps.entries()) {
      for (const command of step) {
        const exchange = exchanges[at++];
        if (this.#comparison.areAlike(command, exchange)) continue;
        const [ours, plain] = [exchange.ours, exchange.plain].map((reply) => reply.toString('latin1'));
        return { step: before + i, command, ours, plain };
      }
    }
    return null;
  }

  close(): Promise<void> {
    return this.#clients.close();
  }
}
