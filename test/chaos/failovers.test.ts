import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { type Fault, faults, type Victim } from '../support/faults.js';
import { firstWrite } from '../support/first-write.js';
import { missingKeys } from '../support/missing-keys.js';
import { randomSource } from '../support/random-source.js';
import { ReplicationSampler } from '../support/replication-sampler.js';
import { SEED, timesOf } from './support/chaos.js';
import type { Allowance } from './support/keeper.js';
import { keepers } from './support/keepers.js';
import { CLIENTS, KeptShard } from './support/kept-shard.js';

const TIMES = timesOf(1);
/** How long one failover may take until everything is well again, in ms. */
const ROUND_LIMIT = 60_000;

describe.each(keepers)('$name', (kind) => {
  const random = randomSource(SEED);
  let kept: KeptShard;

  beforeAll(async () => {
    kept = await KeptShard.start(kind);
  }, 60_000);
  afterAll(() => kept?.stop());

  test.each(faults)(
    `$name: writes go on soon, and none is lost that a replica had got, seed ${SEED}`,
    async (fault) => {
      onTestFailed(() => console.error(kept.log));
      const outages: Outage[] = [];
      for (let round = 0; round < TIMES; round++) {
        const delay = random() * 300;
        outages.push(await outageBy(fault, kept, `${fault.name}:${round}`, delay));
      }
      console.info(`${kind.name}, ${fault.name}: ${outages.map(textOf).join(', ')}`);
      for (const { flowsAt, allowance } of outages) {
        expect(flowsAt - allowance.since).toBeLessThan(allowance.limit);
      }
    },
    TIMES * ROUND_LIMIT,
  );
});

/** Times in ms of `performance.now()`. */
interface Outage {
  readonly struckAt: number;
  /** When the last of the proxies had a write served by the new primary. */
  readonly flowsAt: number;
  readonly allowance: Allowance;
}

function textOf({ struckAt, flowsAt, allowance: { from, since } }: Outage): string {
  const total = `${Math.round(flowsAt - struckAt)} ms`;
  return from === 'fault' ? total : `${total} (${Math.round(flowsAt - since)} from the ${from})`;
}

/** A fault strikes the primary under load, and heals. @param prefix of all keys that are written meanwhile. */
async function outageBy(fault: Fault, kept: KeptShard, prefix: string, delay: number): Promise<Outage> {
  const old = await kept.settled();
  const writers = await kept.startWriters(prefix);
  const samplers = await samplersOf(old, kept);
  const watched = await kept.keeper.watch();
  await sleep(delay);

  const struckAt = performance.now();
  await fault.strike(old);
  const strickenAt = performance.now();
  const owedUntil = Math.max(...samplers.map((sampler) => sampler.owedUntil));
  const firsts = await Promise.all(
    kept.proxies.map(({ endpoints }, i) => firstWrite(endpoints[0], (n) => `${prefix}:first:${i}:${n}`)),
  );
  const allowance = await watched(fault, struckAt);
  await fault.heal(old);
  const { server } = await kept.settled();
  await Promise.all([...writers, ...samplers].map((each) => each.stop()));

  expect(server).not.toBe(old.server);
  const writes = writers.flatMap((each) => each.writes);
  const errors = writes.flatMap(({ error }) => error ?? []);
  for (const error of errors) expect(error).toContain('the outcome is unknown');
  // Those that the old primary took with it.
  expect(errors.length).toBeLessThanOrEqual(CLIENTS * kept.proxies.length);
  const owed = writes.filter(({ error, sentAt, doneAt }) => {
    return error === null && (doneAt <= owedUntil || sentAt >= strickenAt);
  });
  const keys = [...firsts, ...owed].map(({ key }) => key);
  expect(await missingKeys(server.endpoint, keys)).toEqual([]);
  return { struckAt, flowsAt: Math.max(...firsts.map(({ doneAt }) => doneAt)), allowance };
}

function samplersOf(primary: Victim, { shard }: KeptShard): Promise<ReplicationSampler[]> {
  const replicas = shard.members.filter((member) => member !== primary);
  return Promise.all(replicas.map(({ server }) => ReplicationSampler.start(primary.server, server)));
}
