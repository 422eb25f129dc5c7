import { startRedis, startRelay } from '@shardmux/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { faults, type Victim } from '../support/faults.js';
import { randomSource } from '../support/random-source.js';
import { Shardmux } from '../support/shardmux.js';
import { poolFile } from '../support/shards.js';
import { durationOf, SEED } from './support/chaos.js';
import { WriteProbe } from './support/write-probe.js';

const TIMEOUT = 200;
const FAILURES = 2;
const DURATION = durationOf(4_000);

let victims: Victim[];
let proxy: Shardmux;

beforeAll(async () => {
  const servers = await Promise.all([1, 2, 3].map(() => startRedis()));
  victims = await Promise.all(
    servers.map(async (server) => ({ server, relay: await startRelay(server.endpoint) })),
  );
  const addresses = victims.map(({ relay }, i) => `${relay.host}:${relay.port}:1 shard${i}`);
  const failover = `failover: { use: auto-eject, failureLimit: ${FAILURES}, retryTimeout: 200 }`;
  proxy = await Shardmux.start(await poolFile(addresses, [`timeout: ${TIMEOUT}`, failover]));
});

afterAll(async () => {
  await proxy?.stop();
  for (const { server, relay } of victims ?? []) {
    await relay.stop();
    await server.stop();
  }
});

test(
  `keys of a server that fails are written elsewhere soon, and on it again when it is back, seed ${SEED}`,
  async () => {
    const random = randomSource(SEED);
    const end = performance.now() + DURATION;
    for (let round = 0; performance.now() < end; round++) {
      const probe = await WriteProbe.start(proxy.endpoints[0], `key${Math.floor(random() * 1_000)}`);
      await vi.waitUntil(() => probe.served.length > 0, 10_000);
      const { port } = probe.served[0];
      const victim = victims.find(({ server }) => server.port === port)!;
      const fault = faults[round % faults.length];

      const struckAt = performance.now();
      await fault.strike(victim);
      await vi.waitUntil(() => probe.firstElsewhere(struckAt, port) !== null, { timeout: 10_000 });
      const took = probe.firstElsewhere(struckAt, port);
      expect(took, fault.name).toBeLessThan(FAILURES * TIMEOUT + 500);

      await fault.heal(victim);
      await vi.waitUntil(() => probe.served.at(-1)!.port === port, { timeout: 10_000 });
      await probe.stop();
    }
  },
  DURATION + 60_000,
);
