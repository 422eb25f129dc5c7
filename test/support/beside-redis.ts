import { type RedisServer, startRedis } from '@shardmux/testing';
import { afterAll, beforeAll } from 'vitest';
import { Shards } from './shards.js';

/** Three shards behind shardmux, and beside them one plain Redis that says what is right. */
export class BesideRedis {
  shards!: Shards;
  plain!: RedisServer;

  /**
   * For all tests of the file that calls it.
   * @param settings of the pool, as `Shards.start` takes them.
   */
  constructor(settings: readonly string[]) {
    beforeAll(async () => {
      this.shards = await Shards.start(3, settings);
      this.plain = await startRedis();
    });
    afterAll(async () => {
      await this.shards?.stop();
      await this.plain?.stop();
    });
  }
}
