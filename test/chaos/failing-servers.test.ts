import { setTimeout as sleep } from 'node:timers/promises';
import { type Operation, startRedis, startRelay } from '@shardmux/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faults, type Victim } from '../support/faults.js';
import { HistoryRecorder } from '../support/history-recorder.js';
import { randomSource } from '../support/random-source.js';
import { Shardmux } from '../support/shardmux.js';
import { poolFile } from '../support/shards.js';
import { durationOf, SEED } from './support/chaos.js';
import { linearizableRounds } from './support/rounds.js';

const CLIENTS = 20;
const KEYS = 8;
const DURATION = durationOf(10_000);

/** What a server has acknowledged it has after it was killed. */
const PERSISTENT = ['--appendonly', 'yes', '--appendfsync', 'always'];

let victims: Victim[];
let proxy: Shardmux;

beforeAll(async () => {
  const servers = await Promise.all([1, 2, 3].map(() => startRedis({ args: PERSISTENT })));
  victims = await Promise.all(
    servers.map(async (server) => ({ server, relay: await startRelay(server.endpoint) })),
  );
  const addresses = victims.map(({ relay }, i) => `${relay.host}:${relay.port}:1 shard${i}`);
  proxy = await Shardmux.start(
    await poolFile(addresses, ['timeout: 300', 'reconnect: { min: 5, max: 50 }', 'retry: idempotent']),
  );
});

afterAll(async () => {
  await proxy?.stop();
  for (const { server, relay } of victims ?? []) {
    await relay.stop();
    await server.stop();
  }
});

/** Each fault strikes some server, while clients call commands on keys that no round before had. */
async function play(round: number): Promise<readonly Operation[]> {
  const random = randomSource(SEED + round);
  const keys = Array.from({ length: KEYS }, (_, i) => `${round}:${i}`);
  const recorder = await HistoryRecorder.start(proxy.endpoints[0], CLIENTS, keys, SEED + round * CLIENTS);
  for (const fault of faults) {
    const victim = victims[Math.floor(random() * victims.length)];
    await sleep(random() * 300);
    await fault.strike(victim);
    await sleep(random() * 600);
    await fault.heal(victim);
  }
  await sleep(300);
  await recorder.stop();
  return recorder.history;
}

test(
  `while servers fail and come back each key is linearizable, seed ${SEED}`,
  async () => {
    const { answered, unknown } = await linearizableRounds(DURATION, play);
    expect(answered).toBeGreaterThan(500);
    expect(unknown).toBeGreaterThan(0);
  },
  DURATION + 60_000,
);
