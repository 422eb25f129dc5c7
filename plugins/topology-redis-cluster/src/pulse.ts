import type { ShardView } from './cluster-view.js';
import type { Member } from './member.js';

/**
 * Whether the primary of a shard is there.
 *
 *   there ──refuses──► gone, since then
 *     ▲                 │
 *     └──answers, or is silent
 */
export class Pulse {
  /** As it was seen last. */
  shard: ShardView;
  /** When somebody was last to be told to take its place. */
  triedAt = Number.NEGATIVE_INFINITY;
  /** When it was last there. */
  #thereAt = performance.now();
  #goneSince: number | null = null;
  #isTaken = false;

  constructor(shard: ShardView) {
    this.shard = shard;
  }

  /** In ms. */
  get sinceThere(): number {
    return performance.now() - this.#thereAt;
  }

  /** For how long it has refused every connection, in ms. */
  get goneFor(): number {
    return this.#goneSince === null ? 0 : performance.now() - this.#goneSince;
  }

  /** Unless it is being taken. */
  async take(primary: Member): Promise<void> {
    if (this.#isTaken) return;
    this.#isTaken = true;
    const sign = await primary.knock();
    this.#isTaken = false;
    const now = performance.now();
    if (sign === 'refuses') {
      this.#goneSince ??= now;
    } else {
      this.#thereAt = now;
      this.#goneSince = null;
    }
  }
}
