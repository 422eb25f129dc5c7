import { connectRaw } from '@shardmux/testing';
import { contest, type Performance } from '../contest.js';
import type { Contestant, Starter } from './contestant.js';
import { KEY_SPACE } from './load.js';
import type { ProxyCase } from './proxy-case.js';
import { ProxySide } from './proxy-side.js';

const FILL_BATCH = 100;

/** Ours, then the peer's. */
export type Pair<T> = readonly [T, T];

/**
 * Runs one case on both proxies in turn, over the same servers. Both start afresh for each case, or it would show
 * the memory and the compiled code of the cases before it.
 */
export async function proxyContest(
  one: ProxyCase,
  starters: Pair<Starter>,
  serverPorts: readonly number[],
  rounds: number,
): Promise<Pair<Performance>> {
  const started: Contestant[] = [];
  try {
    for (const starter of starters) started.push(await starter.start(serverPorts));
    await fill(started[0]!, one.valueBytes);
    const sides: ProxySide[] = [];
    for (const contestant of started) sides.push(await ProxySide.warm(contestant, one));
    const [ours, peer] = await contest(sides, rounds);
    return [ours!, peer!];
  } finally {
    await Promise.all(started.map((contestant) => contestant.stop()));
  }
}

/** Sets every key that redis-benchmark may ask for. */
async function fill({ port }: Contestant, valueBytes: number): Promise<void> {
  const client = await connectRaw({ kind: 'tcp', host: '127.0.0.1', port });
  const value = 'x'.repeat(valueBytes);
  for (let next = 0; next < KEY_SPACE; next += FILL_BATCH) {
    const keys = Array.from({ length: FILL_BATCH }, (_, index) => String(next + index).padStart(12, '0'));
    await client.pipeline(keys.map((key) => ['SET', `key:${key}`, value]));
  }
  await client.close();
}
