import { contest, type Performance } from '../contest.js';
import type { ClientCase } from './client-case.js';
import type { ClientKind } from './client-kind.js';
import { ClientProcess } from './client-process.js';

/** One of the clients that are compared. */
export interface Contestant {
  readonly name: string;
  readonly kind: ClientKind;
  /** The folder of the compiled repository that shardmux is taken from. */
  readonly checkout: string;
}

/**
 * Runs one case on all clients in turn, over the same servers. All start afresh for each case, or it would show the
 * memory and the compiled code of the cases before it.
 */
export async function clientContest(
  { concurrency }: ClientCase,
  contestants: readonly Contestant[],
  ports: readonly number[],
  rounds: number,
): Promise<Performance[]> {
  const clients: ClientProcess[] = [];
  try {
    for (const { kind, checkout } of contestants) {
      clients.push(await ClientProcess.start({ kind, ports, checkout }, concurrency));
    }
    for (const client of clients) await client.warmUp();
    return await contest(clients, rounds);
  } finally {
    await Promise.all(clients.map((client) => client.stop()));
  }
}
