import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServerProcess } from '@shardmux/testing';
import { afterEach, beforeEach, describe, expect, onTestFailed, onTestFinished, test } from 'vitest';
import { replicationOf } from '../support/relayed-shard.js';
import { durationOf } from './support/chaos.js';
import { keepers } from './support/keepers.js';
import { KeptShard } from './support/kept-shard.js';

const DURATION = durationOf(5_000);
/** For how long keys are new, in ms. */
const SLICE = 60_000;

describe.each(keepers)('$name', (kind) => {
  let kept: KeptShard;

  beforeEach(async () => {
    kept = await KeptShard.start(kind);
  }, 60_000);
  afterEach(() => kept?.stop());

  test(
    'no replica takes over, and no write fails, while every core is busy',
    async () => {
      onTestFailed(() => console.error(kept.log));
      const before = await historyOf(kept);
      await burnCores();
      const end = performance.now() + DURATION;
      let count = 0;
      for (let now = performance.now(); now < end; now = performance.now()) {
        const writers = await kept.startWriters('load');
        await sleep(Math.min(SLICE, end - now));
        await Promise.all(writers.map((each) => each.stop()));
        const writes = writers.flatMap((each) => each.writes);
        expect(writes.filter(({ error }) => error !== null)).toEqual([]);
        count += writes.length;
      }
      expect(count).toBeGreaterThan(DURATION / 10);
      expect(await historyOf(kept)).toEqual(before);
    },
    DURATION + 60_000,
  );
});

/** Who the primary is, and its replication ID: whoever becomes one has a new one from then on. */
async function historyOf(kept: KeptShard): Promise<unknown> {
  const { server } = await kept.settled();
  return { port: server.port, id: /master_replid:(\w+)/.exec(await replicationOf(server))?.[1] };
}

/** As many processes as there are cores take what they get, until the test is over. */
async function burnCores(): Promise<void> {
  for (let i = 0; i < availableParallelism(); i++) {
    const busy = await ServerProcess.start(process.execPath, ['--eval', 'for (;;);']);
    onTestFinished(() => busy.stop());
  }
}
