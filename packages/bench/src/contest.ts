import { connectRaw } from '@shardmux/testing';
import type { BenchmarkCase } from './benchmark-case.js';
import type { Contestant, Starter } from './contestant.js';
import { KEY_SPACE } from './load.js';
import { processUsage } from './process-usage.js';
import { type Measurement, measure, warmUp } from './round.js';

const FILL_BATCH = 100;

/** What a proxy did in one case. */
export interface Performance {
  /** One of each round, in order: those of both sides pair up. */
  readonly measurements: readonly Measurement[];
  /** In bytes; NaN where the system does not tell. */
  readonly peakMemory: number;
}

/** Ours, then the peer's. */
export type Pair<T> = readonly [T, T];

/**
 * Runs one case on both sides in turn, over the same servers. The side that goes first changes with each round, and
 * both start afresh for each case, or it would show the memory and the compiled code of the cases before it.
 */
export async function contest(
  one: BenchmarkCase,
  starters: Pair<Starter>,
  serverPorts: readonly number[],
  rounds: number,
): Promise<Pair<Performance>> {
  const started: Contestant[] = [];
  try {
    for (const starter of starters) started.push(await starter.start(serverPorts));
    await fill(started[0]!, one.valueBytes);
    const ours = await Side.warm(started[0]!, one);
    const peer = await Side.warm(started[1]!, one);
    for (let round = 0; round < rounds; round++) {
      for (const side of round % 2 === 0 ? [ours, peer] : [peer, ours]) await side.run();
    }
    return [ours.performance(), peer.performance()];
  } finally {
    await Promise.all(started.map((contestant) => contestant.stop()));
  }
}

class Side {
  readonly #contestant: Contestant;
  readonly #case: BenchmarkCase;
  readonly #requests: number;
  readonly #measurements: Measurement[] = [];

  private constructor(contestant: Contestant, one: BenchmarkCase, requests: number) {
    this.#contestant = contestant;
    this.#case = one;
    this.#requests = requests;
  }

  static async warm(contestant: Contestant, one: BenchmarkCase): Promise<Side> {
    return new Side(contestant, one, await warmUp(contestant, one));
  }

  async run(): Promise<void> {
    this.#measurements.push(await measure(this.#contestant, this.#case, this.#requests));
  }

  performance(): Performance {
    const peakMemory = processUsage(this.#contestant.pid)?.peakMemory ?? Number.NaN;
    return { measurements: this.#measurements, peakMemory };
  }
}

/** Sets every key that redis-benchmark may ask for. */
async function fill({ port }: Contestant, valueBytes: number): Promise<void> {
  const client = await connectRaw({ kind: 'tcp', host: '127.0.0.1', port });
  const value = 'x'.repeat(valueBytes);
  for (let next = 0; next < KEY_SPACE; next += FILL_BATCH) {
    const keys = Array.from({ length: FILL_BATCH }, (_, index) => String(next + index).padStart(12, '0'));
    await client.pipeline(keys.map((key) => ['SET', `key:${key}`, value]));
  }
  await client.close();
}
