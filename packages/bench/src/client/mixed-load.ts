import { BenchError } from '../bench-error.js';

const KEYS = Array.from({ length: 1_000 }, (_, index) => `key:${String(index).padStart(12, '0')}`);
const VALUE = 'x'.repeat(64);
/** From one key to the next: neighbours often share a server, and the load would dwell on each in turn. */
const STRIDE = 379;

/** What the load calls. Every client has it as its own: nothing stands between. */
export interface LoadedClient {
  get(key: string): Promise<unknown>;
  set(key: string, value: string): Promise<unknown>;
}

/**
 * GET and SET in turn over all keys, from so many callers at once: each makes its next call when it has the answer
 * to its last.
 */
export async function mixedLoad(
  client: LoadedClient,
  concurrency: number,
  operations: number,
): Promise<void> {
  let next = 0;
  const callInTurn = async () => {
    while (next < operations) {
      const turn = next++;
      const key = KEYS[((turn >> 1) * STRIDE) % KEYS.length]!;
      if (turn % 2 === 0) await client.get(key);
      else await client.set(key, VALUE);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, callInTurn));
}

/**
 * Sets every key that the load asks for.
 *
 * @throws {BenchError} `SHARDMUX_BENCH_FAILED` where the client does not get what it has set.
 */
export async function fill(client: LoadedClient): Promise<void> {
  await Promise.all(KEYS.map((key) => client.set(key, VALUE)));
  const values = await Promise.all(KEYS.map((key) => client.get(key)));
  const wrong = values.findIndex((value) => value !== VALUE);
  if (wrong < 0) return;
  throw new BenchError('SHARDMUX_BENCH_FAILED', `${KEYS[wrong]} was set, and is ${String(values[wrong])}`);
}
