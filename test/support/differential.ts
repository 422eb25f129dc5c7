import { connectRaw } from '@shardmux/testing';
import { type Difference, Player } from './player.js';
import { randomSource } from './random-source.js';
import { RandomStream, type Step } from './random-stream.js';
import { serverCommands } from './server-commands.js';
import { shrink } from './shrink.js';
import { StreamComparison } from './stream-comparison.js';
import { type Exception, Tolerance } from './tolerance.js';
import type { Twins } from './twins.js';

/** Steps between two looks at what the servers hold. */
const STEPS_PER_CHECK = 50_000;
const MAX_BATCH = 400;

/**
 * The same random stream, in batches of random size, for either side; every reply is compared, and from time to time
 * what the servers hold.
 *
 *   steps ──► batch ──► both sides ──► compare ──► … ──► look at the keys
 *                                         └── they differ ──► play less of it again, as long as they do ──► report
 */
export class Differential {
  readonly #twins: Twins;
  readonly #tolerance: Tolerance;

  private constructor(twins: Twins, tolerance: Tolerance) {
    this.#twins = twins;
    this.#tolerance = tolerance;
  }

  /** @param exceptions what may differ besides what the server's own tips say. */
  static async of(twins: Twins, exceptions: readonly Exception[]): Promise<Differential> {
    const client = await connectRaw(twins.plain.endpoint, { strings: true });
    const differential = new Differential(twins, new Tolerance(await serverCommands(client), exceptions));
    await client.close();
    return differential;
  }

  /**
   * Plays as many commands, or a few more.
   * @param progress is told now and then how many are done.
   * @returns null where nothing differs.
   */
  async run(seed: number, commands: number, progress: (done: number) => void): Promise<Difference | null> {
    const stream = new RandomStream(seed);
    const random = randomSource(seed + 1);
    const player = await this.#player();
    let found: Difference | null = null;
    for (let done = 0, steps = 0, checked = 0; done < commands && found === null; ) {
      const batch: Step[] = [];
      for (let left = 1 + random() * MAX_BATCH; left > 0; left--) batch.push(stream.next());
      found = await player.play(batch, steps);
      steps += batch.length;
      done += batch.reduce((sum, step) => sum + step.length, 0);
      if (found === null && (done >= commands || steps - checked >= STEPS_PER_CHECK)) {
        found = await this.#contentDifference(steps);
        checked = steps;
        progress(done);
      }
    }
    await player.close();
    return found;
  }

  /** The fewest steps that still differ, of those before a difference; none where it does not come again. */
  async shrink(seed: number, { step }: Difference): Promise<readonly Step[]> {
    const stream = new RandomStream(seed);
    const last: Step[] = [];
    for (let at = 0; at <= step; at++) {
      const next = stream.next();
      if (step - at < 2 * STEPS_PER_CHECK) last.push(next);
    }
    const steps = [...((await shrink(last, (some) => this.#differs(some))) ?? [])];
    for (const [at, [first, ...inner]] of steps.entries()) {
      const end = inner.pop();
      if (end === undefined || inner.length === 0) continue;
      const fewer = await shrink(inner, (some) => this.#differs(steps.with(at, [first, ...some, end])));
      if (fewer !== null) steps[at] = [first, ...fewer, end];
    }
    return steps;
  }

  async #differs(steps: readonly Step[]): Promise<boolean> {
    return (await this.replay(steps)) !== null;
  }

  /** Plays steps on empty servers. */
  async replay(steps: readonly Step[]): Promise<Difference | null> {
    await this.#twins.clean();
    const player = await this.#player();
    let found: Difference | null = null;
    for (let at = 0; at < steps.length && found === null; at += MAX_BATCH) {
      found = await player.play(steps.slice(at, at + MAX_BATCH), at);
    }
    await player.close();
    return found ?? (await this.#contentDifference(steps.length));
  }

  async #player(): Promise<Player> {
    return new Player(await this.#twins.connect(), new StreamComparison(this.#tolerance));
  }

  async #contentDifference(steps: number): Promise<Difference | null> {
    const found = await this.#twins.differingKey();
    if (found === null) return null;
    const { key, ours, plain } = found;
    return { step: steps - 1, command: ['the value of', key], ours, plain };
  }
}
