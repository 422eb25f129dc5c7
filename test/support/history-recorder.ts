import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '@shardmux/plugin-api';
import { connectRaw, type Operation, type RawClient, type Reply } from '@shardmux/testing';
import { randomSource } from './random-source.js';

/** How long a client waits after an error, in ms. */
const PAUSE = 5;

/** What says that a command has not taken effect: no server was sent it, or the server refused it. */
const REFUSED =
  /^ERR (Connection refused|Host is down|Too many requests wait)|^(CLUSTERDOWN|LOADING|READONLY|TRYAGAIN) /;

/**
 * Clients that call random commands on a few keys, each one after the other, and note what became of them.
 *
 *   start ──► calling ──stop──► every client has its last reply
 */
export class HistoryRecorder {
  /** What was answered, and what may have taken effect though it was not. */
  readonly history: Operation[] = [];
  /** How often each error came. */
  readonly errors = new Map<string, number>();
  readonly #keys: readonly string[];
  readonly #loops: Promise<void>[] = [];
  #running = true;
  #writes = 0;

  private constructor(keys: readonly string[]) {
    this.#keys = keys;
  }

  static async start(
    endpoint: Endpoint,
    clients: number,
    keys: readonly string[],
    seed: number,
  ): Promise<HistoryRecorder> {
    const recorder = new HistoryRecorder(keys);
    for (let client = 0; client < clients; client++) {
      const connection = await connectRaw(endpoint, { strings: true });
      const loop = recorder.#loop(client, connection, randomSource(seed + client));
      // Told by stop.
      loop.catch(() => {});
      recorder.#loops.push(loop);
    }
    return recorder;
  }

  /** Rejects where a connection has ended: a proxy keeps its clients, whatever becomes of servers. */
  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#loops);
  }

  async #loop(client: number, connection: RawClient, random: () => number): Promise<void> {
    while (this.#running) {
      const call = this.#nextCall(random);
      const calledAt = performance.now();
      const reply = await connection.command(...call);
      this.#note({ client, call, calledAt, answer: null }, reply);
      if (reply instanceof Error) await sleep(PAUSE);
    }
    await connection.close();
  }

  #note(operation: Operation, reply: Reply): void {
    if (typeof reply === 'string' || typeof reply === 'number' || reply === null) {
      this.history.push({ ...operation, answer: { reply, at: performance.now() } });
      return;
    }
    const { message } = reply as Error;
    this.errors.set(message, (this.errors.get(message) ?? 0) + 1);
    // A read of which nothing is known tells nothing.
    if (!REFUSED.test(message) && operation.call[0] !== 'GET') this.history.push(operation);
  }

  /**
   * No two write the same value, not even when something was added to it. Nothing is deleted: a write that is lost could
   * be explained by it.
   */
  #nextCall(random: () => number): readonly string[] {
    const key = this.#keys[Math.floor(random() * this.#keys.length)];
    const value = String(++this.#writes * 10_000);
    const choice = random();
    if (choice < 0.4) return ['GET', key];
    if (choice < 0.7) return ['SET', key, value];
    if (choice < 0.95) return ['INCR', key];
    return ['SET', key, value, 'NX'];
  }
}
