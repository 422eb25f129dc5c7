import { setTimeout as sleep } from 'node:timers/promises';
import { type Relay, startRelay } from '@shardmux/testing';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ClientShards } from '../support/client.js';
import { randomSource } from '../support/random-source.js';

/** In the name of each test: put it here to play a failure again, as far as the network lets it. */
const SEED = Math.floor(Math.random() * 2 ** 32);
const CALLERS = 50;
const DURATION = 4_000;
const COUNTERS = 200;

let shards: ClientShards;
let relays: Relay[];

beforeAll(async () => {
  shards = await ClientShards.start(3);
});

afterEach(async () => {
  await Promise.all(relays.map((relay) => relay.stop()));
  await shards.reset();
});

afterAll(() => shards.stop());

interface Counter {
  acknowledged: number;
  unknown: number;
  /** The highest value that a reply has told. */
  seen: number;
}

type Fault = (relay: Relay, random: () => number) => void | Promise<void>;

const faults: readonly Fault[] = [
  (relay) => relay.cut('reset'),
  (relay) => relay.cut('end'),
  (relay, random) => relay.delay(Math.floor(random() * 150)),
  (relay, random) => relay.chop(1 + Math.floor(random() * 50)),
  (relay) => relay.refuse(),
  (relay) => relay.blackhole(),
  (relay) => relay.resume(),
  (relay) => relay.resume(),
];

/** One fault after the other until `end`; then the network is as good as new. */
async function chaos(random: () => number, end: number): Promise<void> {
  while (Date.now() < end) {
    const fault = faults[Math.floor(random() * faults.length)];
    await fault(relays[Math.floor(random() * relays.length)], random);
    await sleep(random() * 40);
  }
  for (const relay of relays) await relay.resume();
}

/** What a call may come to when servers misbehave; true where it may have run. */
function mayHaveRun(error: Error & { code?: string }): boolean {
  switch (error.code) {
    case 'SHARDMUX_COMMAND_TIMEOUT':
    case 'SHARDMUX_CONNECTION_LOST':
      return true;
    case 'SHARDMUX_UNREACHABLE':
      return false;
    default:
      throw error;
  }
}

test(`${CALLERS} callers while links are cut, slowed, swallowed: every call settles, every value is right, seed ${SEED}`, async () => {
  const random = randomSource(SEED);
  relays = await Promise.all(shards.servers.map((server) => startRelay(server.endpoint)));
  const options = { commandTimeout: 200, maxRetriesPerRequest: 5, retryStrategy: () => 10 };
  const redis = shards.client(options, {}, relays);
  const counters = Array.from(
    { length: COUNTERS },
    (): Counter => ({ acknowledged: 0, unknown: 0, seen: 0 }),
  );
  const end = Date.now() + DURATION;

  const caller = async () => {
    while (Date.now() < end) {
      const index = Math.floor(random() * COUNTERS);
      const counter = counters[index];
      const before = counter.seen;
      const isWrite = random() < 0.5;
      try {
        const key = `counter${index}`;
        const value = Number(isWrite ? await redis.incr(key) : await redis.get(key));
        // A counter never goes back.
        expect(value).toBeGreaterThanOrEqual(before);
        counter.seen = Math.max(counter.seen, value);
        if (isWrite) counter.acknowledged++;
      } catch (error) {
        if (mayHaveRun(error as Error) && isWrite) counter.unknown++;
      }
    }
  };
  await Promise.all([chaos(random, end - 300), ...Array.from({ length: CALLERS }, caller)]);

  const wrong: unknown[] = [];
  const patient = shards.client();
  for (const [index, counter] of counters.entries()) {
    const value = Number(await patient.get(`counter${index}`));
    const { acknowledged, unknown } = counter;
    if (value < acknowledged || value > acknowledged + unknown) wrong.push({ index, value, ...counter });
  }
  expect(wrong).toEqual([]);
  expect(counters.reduce((sum, { acknowledged }) => sum + acknowledged, 0)).toBeGreaterThan(500);
}, 30_000);

test(`batches under the same: a result for each command, transactions all or nothing, seed ${SEED}`, async () => {
  const random = randomSource(SEED + 1);
  relays = await Promise.all(shards.servers.map((server) => startRelay(server.endpoint)));
  const redis = shards.client({ commandTimeout: 200, retryStrategy: () => 10 }, {}, relays);
  const end = Date.now() + DURATION / 2;
  const caller = async (id: number) => {
    while (Date.now() < end) {
      const names = Array.from({ length: 20 }, (_, i) => `{${id}-${i}}`);
      const results = (await redis.pipeline(names.map((name) => ['getset', name, name])).exec())!;
      expect(results).toHaveLength(20);
      for (const [i, [error, value]] of results.entries()) {
        if (error === null) expect([null, names[i]]).toContain(value);
        else mayHaveRun(error);
      }
      await redis
        .multi()
        .incr(`{${id}}a`)
        .incr(`{${id}}b`)
        .exec()
        .catch((error: Error) => mayHaveRun(error));
    }
  };
  await Promise.all([chaos(random, end - 200), ...Array.from({ length: 10 }, (_, id) => caller(id))]);
  const patient = shards.client();
  for (let id = 0; id < 10; id++) {
    const [a, b] = await patient.mget(`{${id}}a`, `{${id}}b`);
    expect(a).toBe(b);
  }
}, 30_000);
