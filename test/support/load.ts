import type { Endpoint } from '@shardmux/plugin-api';
import { type Argument, connectRaw, encodeCommand, type RawClient } from '@shardmux/testing';

/** What came of one request. Times in ms of `performance.now()`. */
export interface Outcome {
  readonly sentAt: number;
  readonly latency: number;
  /** The error's text, or null. */
  readonly error: string | null;
}

/**
 * Sessions in a closed loop: each sends its next command when it has the reply to the last, until it is told to
 * stop or its connection is closed.
 */
export class Load {
  readonly outcomes: Outcome[] = [];
  /** Sessions whose connection ended before `stop`. */
  closed = 0;
  readonly #clients: RawClient[] = [];
  readonly #loops: Promise<void>[] = [];
  #running = true;

  /** @param next the command that a session sends next. */
  static async start(
    endpoint: Endpoint,
    sessions: number,
    next: (session: number) => Argument[],
  ): Promise<Load> {
    const load = new Load();
    for (let i = 0; i < sessions; i++) load.#clients.push(await connectRaw(endpoint));
    for (const [i, client] of load.#clients.entries()) load.#loops.push(load.#loop(client, () => next(i)));
    return load;
  }

  /** Resolves when every session has its last reply. */
  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#loops);
    await Promise.all(this.#clients.map((client) => client.close()));
  }

  between(from: number, to: number): Outcome[] {
    return this.outcomes.filter(({ sentAt }) => sentAt >= from && sentAt < to);
  }

  async #loop(client: RawClient, next: () => Argument[]): Promise<void> {
    while (this.#running) {
      const sentAt = performance.now();
      client.send(encodeCommand(next()));
      try {
        const reply = await client.read();
        const error = reply instanceof Error ? reply.message : null;
        this.outcomes.push({ sentAt, latency: performance.now() - sentAt, error });
      } catch {
        this.closed++;
        return;
      }
    }
  }
}

/** The value below which a share of the latencies lies. */
export function percentile(outcomes: readonly Outcome[], share: number): number {
  const sorted = outcomes.map(({ latency }) => latency).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
