import { connectRaw, type RawClient, type RedisServer, startRedis } from '@shardmux/testing';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type BlockName, blocks, bytesOf, repliesOf, type Step } from '../support/mixed-blocks.js';
import { faultsOf, MixedSession, playPlain } from '../support/mixed-session.js';
import { Shards } from '../support/shards.js';
import { untilUnsubscribed } from '../support/subscribed-links.js';
import { unfinished } from '../support/unfinished.js';

/** MIXED_SEED plays a failure again, as far as the machine lets it; MIXED_SECONDS plays longer. */
const SEED = Number(process.env.MIXED_SEED ?? Math.floor(Math.random() * 2 ** 31));
const SECONDS = Number(process.env.MIXED_SECONDS ?? 8);

let shards: Shards;
let plain: RedisServer;
let steady: RawClient;
/** Begins every name of one run. */
let run = 0;

beforeAll(async () => {
  shards = await Shards.start(3, ['hashTag: "{}"', 'timeout: 1000', 'reconnect: { min: 5, max: 50 }']);
  plain = await startRedis();
  steady = await connectRaw(shards.endpoint);
});

afterAll(async () => {
  await steady?.close();
  await shards?.stop();
  await plain?.stop();
});

/** Nobody whose client is gone waits or listens on a server any more. */
afterEach(async () => {
  await untilUnsubscribed(shards);
  const servers = await Promise.all(shards.servers.map(({ endpoint }) => connectRaw(endpoint)));
  await vi.waitFor(async () => {
    const infos = await Promise.all(servers.map((server) => server.command('INFO', 'clients')));
    for (const info of infos) expect(String(info)).toMatch(/blocked_clients:0\r\ntracking_clients:0/);
  }, 10_000);
  await Promise.all(servers.map((server) => server.close()));
});

/** Commands, and where in their bytes something happens meanwhile. */
interface Phase {
  readonly names: readonly BlockName[];
  readonly length: number;
  readonly cut: number;
}

const phase: fc.Arbitrary<Phase> = fc.record({
  names: fc.array(fc.constantFrom(...(Object.keys(blocks) as BlockName[])), {
    minLength: 2,
    maxLength: 12,
    size: 'max',
  }),
  length: fc.constantFrom(1, 100, 1_000),
  cut: fc.double({ min: 0, max: 1, noNaN: true }),
});

/** A server is killed, and started anew unless it is to stay down; and a client comes and leaves. */
interface Fault {
  readonly shard: number;
  readonly staysDown: boolean;
  readonly leaver: number;
}

const fault: fc.Arbitrary<Fault> = fc.record({
  shard: fc.nat(2),
  staysDown: fc.constantFrom(true, false, false),
  leaver: fc.nat(1_000),
});

/** What one client was to say, and what it and a client of a plain server have heard. */
interface Played {
  readonly steps: readonly Step[];
  readonly session: MixedSession;
  readonly reference: MixedSession;
}

/** Comes, says something and leaves, with or without the chance that it is heard. */
async function comeAndLeave(which: number): Promise<void> {
  const client = await connectRaw(shards.endpoint);
  client.send(unfinished[which % unfinished.length]);
  if (which % 2 === 0) await steady.command('PING');
  if (which % 3 === 0) client.socket.resetAndDestroy();
  else client.socket.destroy();
}

async function happen({ shard, staysDown, leaver }: Fault): Promise<void> {
  const server = shards.servers[shard];
  const leaving = comeAndLeave(leaver);
  if (staysDown) await server.kill();
  else await server.restart();
  await leaving;
}

/** The steps of each phase of one client. */
function stepsOf(phases: readonly Phase[], client: number): Step[][] {
  const all: Step[][] = phases.map(({ names, length }, i) =>
    names.flatMap((name, j) => blocks[name](`k${run}-${client}-${i}-${j}`, 'v'.repeat(length))),
  );
  return [...all, [{ args: ['ECHO', 'end'] }]];
}

/** Several clients say what they have to, each phase in two pieces, between which something happens. */
async function play(clients: readonly (readonly Phase[])[], faults: readonly Fault[]): Promise<Played[]> {
  run++;
  const scripts = clients.map(stepsOf);
  const sessions = await Promise.all(scripts.map(() => MixedSession.open(shards.endpoint)));
  const reading = Promise.all(sessions.map((session, i) => session.read(repliesOf(scripts[i].flat()))));
  reading.catch(() => {});
  const rounds = Math.max(faults.length, ...scripts.map(({ length }) => length));
  for (let round = 0; round < rounds; round++) {
    const rests = sessions.map((session, i) => {
      const bytes = bytesOf(scripts[i][round] ?? []);
      const cut = Math.floor((clients[i][round]?.cut ?? 0) * bytes.length);
      session.send(bytes.subarray(0, cut));
      return () => session.send(bytes.subarray(cut));
    });
    if (faults[round] !== undefined) await happen(faults[round]);
    for (const rest of rests) rest();
  }
  await reading;
  await Promise.all(sessions.map((session) => session.close()));
  return Promise.all(
    sessions.map(async (session, i) => {
      const steps = scripts[i].flat();
      return { steps, session, reference: await playPlain(plain.endpoint, steps) };
    }),
  );
}

const clientsOf = (phases: fc.ArrayConstraints) =>
  fc.array(fc.array(phase, phases), { minLength: 2, maxLength: 4 });

function parameters<T>(): fc.Parameters<T> {
  return {
    seed: SEED,
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: SECONDS * 1_000,
    endOnFailure: true,
  };
}

test(
  `mixed pipelines are answered, and pushes come, as from one Redis, seed ${SEED}`,
  async () => {
    const property = fc.asyncProperty(clientsOf({ maxLength: 4 }), async (clients) => {
      for (const { steps, session, reference } of await play(clients, [])) {
        expect(faultsOf(steps, session, reference)).toEqual([]);
        expect(session.pushes.map(({ text }) => text).sort()).toEqual(
          reference.pushes.map(({ text }) => text).sort(),
        );
      }
    });
    await fc.assert(property, parameters());
  },
  (SECONDS + 20) * 1_000,
);

test(
  `while servers die and come back, each command has its reply or an error, seed ${SEED}`,
  async () => {
    const property = fc.asyncProperty(
      clientsOf({ minLength: 3, maxLength: 6 }),
      fc.array(fault, { minLength: 2, maxLength: 6 }),
      async (clients, faults) => {
        for (const { steps, session, reference } of await play(clients, faults)) {
          expect(faultsOf(steps, session, reference)).toEqual([]);
        }
        expect(String(await steady.command('PING'))).toBe('PONG');
      },
    );
    try {
      await fc.assert(property, parameters());
    } finally {
      await Promise.all(shards.servers.map((server) => server.restart()));
    }
  },
  (SECONDS + 20) * 1_000,
);
