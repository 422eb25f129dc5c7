import { connectRaw, type RawClient, type RedisServer, startRedis } from '@shardmux/testing';
import { afterAll, beforeAll } from 'vitest';

/** A Redis that says what is right, for all tests of the file that calls it. */
export class OneRedis {
  client!: RawClient;
  #server: RedisServer | undefined;

  constructor() {
    beforeAll(async () => {
      this.#server = await startRedis();
      this.client = await connectRaw(this.#server.endpoint, { strings: true });
    });
    afterAll(async () => {
      await this.client?.close();
      await this.#server?.stop();
    });
  }
}
