import { type Argument, connectRaw, type RawClient } from '@shardmux/testing';
import { afterEach, beforeEach, expect } from 'vitest';
import { BesideRedis } from './beside-redis.js';

/**
 * A client of the shards beside a client of the Redis.
 *
 *   commands ──┬──► ours ───► shardmux ──► three servers     for each test two new clients, and nothing
 *              └──► theirs ──► one server                    that an earlier test has left
 */
export class SideBySide extends BesideRedis {
  ours!: RawClient;
  theirs!: RawClient;

  /**
   * For all tests of the file that calls it.
   * @param settings of the pool, as `Shards.start` takes them.
   * @param clean what leaves nothing behind.
   */
  constructor(settings: readonly string[], clean: readonly (readonly Argument[])[] = [['FLUSHALL']]) {
    super(settings);
    beforeEach(async () => {
      this.ours = await connectRaw(this.shards.endpoint);
      this.theirs = await connectRaw(this.plain.endpoint);
      for (const client of [this.ours, this.theirs]) await client.pipeline(clean);
    });
    afterEach(async () => {
      await this.ours.close();
      await this.theirs.close();
    });
  }

  /** Sends the same commands in one write to both, and compares every reply. */
  async compare(...commands: (readonly Argument[])[]): Promise<void> {
    const [mine, reference] = await Promise.all([
      this.ours.pipeline(commands),
      this.theirs.pipeline(commands),
    ]);
    for (const [i, command] of commands.entries()) expect(mine[i], command.join(' ')).toEqual(reference[i]);
  }
}
