import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '@shardmux/plugin-api';
import { connectRaw, type RawClient } from '@shardmux/testing';

/** One write, and what came of it. Times in ms of `performance.now()`. */
export interface Write {
  readonly key: string;
  readonly sentAt: number;
  readonly doneAt: number;
  /** The error's text, or null. */
  readonly error: string | null;
}

/** How long a client rests between its writes, in ms: servers and proxy have a load, and no more than that. */
const PAUSE = 10;

/** Plain clients each of which writes one new key after the other, until they are told to stop. */
export class Writers {
  readonly writes: Write[] = [];
  readonly #clients: RawClient[] = [];
  readonly #loops: Promise<void>[] = [];
  #running = true;

  /** @param keyOf the key of a client's next write, which nobody has written before. */
  static async start(
    endpoint: Endpoint,
    count: number,
    keyOf: (client: number, write: number) => string,
  ): Promise<Writers> {
    const writers = new Writers();
    for (let i = 0; i < count; i++) {
      const client = await connectRaw(endpoint);
      writers.#clients.push(client);
      writers.#loops.push(writers.#loop(client, (write) => keyOf(i, write)));
    }
    return writers;
  }

  /** Resolves when every client has its last reply; rejects where the connection of one was ended. */
  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#loops);
    await Promise.all(this.#clients.map((client) => client.close()));
  }

  async #loop(client: RawClient, keyOf: (write: number) => string): Promise<void> {
    for (let n = 0; this.#running; n++) {
      const key = keyOf(n);
      const sentAt = performance.now();
      const reply = await client.command('SET', key, key);
      const error = reply instanceof Error ? reply.message : null;
      this.writes.push({ key, sentAt, doneAt: performance.now(), error });
      await sleep(PAUSE);
    }
  }
}
