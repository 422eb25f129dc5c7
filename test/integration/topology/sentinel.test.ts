import type { Endpoint } from '@shardmux/plugin-api';
import { connectRaw, freePort, type RedisServer, type Reply } from '@shardmux/testing';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { firstWrite } from '../../support/first-write.js';
import { Load } from '../../support/load.js';
import { SentinelGroups } from '../../support/sentinel.js';
import { Shardmux } from '../../support/shardmux.js';
import { verdictOn } from '../../support/switch-master.js';

const KEYS = Array.from({ length: 20 }, (_, i) => `key${i}`);
const PROBES = KEYS.map((key) => `probe of ${key}`);
/** What a request may wait for another primary, in ms: Sentinels take their time to agree. */
const TIMEOUT = 20_000;
/** From the Sentinels' verdict to the first write on the new primary, in ms. */
const LIMIT = 500;

let groups: SentinelGroups;
let proxy: Shardmux;

beforeAll(async () => {
  groups = await SentinelGroups.start(2, 3);
  const masters = '[group0, { name: group1, weight: 2 }]';
  const pool = [
    `    listen: 127.0.0.1:${await freePort()}`,
    '    hash: murmur',
    `    topology: { use: sentinel, sentinels: ["127.0.0.1:${groups.port}"], masters: ${masters} }`,
    `    timeout: ${TIMEOUT}`,
  ];
  proxy = await Shardmux.start(['pools:', '  alpha:', ...pool, ''].join('\n'));
  await ask(proxy.endpoints[0], ['MSET', ...PROBES.flatMap((key) => [key, '0'])]);
}, 60_000);
beforeEach(() => groups.sentinels.settled());
afterAll(async () => {
  await proxy?.stop();
  await groups?.stop();
});

async function ask(endpoint: Endpoint, ...commands: string[][]): Promise<Reply[]> {
  const client = await connectRaw(endpoint, { strings: true });
  try {
    return await client.pipeline(commands);
  } finally {
    await client.close();
  }
}

async function primaryOf(index: number): Promise<RedisServer> {
  const port = await groups.primaryOf(index);
  return groups.groups[index].find((server) => server.port === port) as RedisServer;
}

/** Sessions each of which sets a key of its own to 1, 2, 3 … */
class Counting {
  readonly load: Load;
  /** The last number of each session. */
  readonly #counts: readonly number[];

  private constructor(load: Load, counts: readonly number[]) {
    this.load = load;
    this.#counts = counts;
  }

  static async start(): Promise<Counting> {
    const counts = KEYS.map(() => 0);
    const load = await Load.start(proxy.endpoints[0], KEYS.length, (i) => ['SET', KEYS[i], `${++counts[i]}`]);
    onTestFinished(() => load.stop());
    const counting = new Counting(load, counts);
    await counting.goesOn();
    return counting;
  }

  get errors(): readonly string[] {
    return this.load.outcomes.flatMap(({ error }) => error ?? []);
  }

  /** Resolves when every session has got many replies more. */
  async goesOn(): Promise<void> {
    const before = [...this.#counts];
    const isFurther = (count: number, i: number) => count > before[i] + 100;
    await vi.waitUntil(() => this.#counts.every(isFurther), { timeout: 20_000 });
  }

  /** Holds what the primaries have against what each session wrote at last; nobody was cut off. */
  async stop(): Promise<void> {
    await this.load.stop();
    expect(this.load.closed).toBe(0);
    const primaries = await Promise.all([primaryOf(0), primaryOf(1)]);
    const stored = await Promise.all(primaries.map(({ endpoint }) => ask(endpoint, ['MGET', ...KEYS])));
    const [[one], [other]] = stored as string[][][];
    expect(KEYS.map((_, i) => Number(one[i] ?? other[i]))).toEqual(this.#counts);
  }
}

/** How long new sessions wait from the verdict on, in ms: less than nothing where the new primary is found before. */
async function outage(fault: (primary: RedisServer) => unknown): Promise<number> {
  const primary = await primaryOf(0);
  const [values] = await ask(primary.endpoint, ['MGET', ...PROBES]);
  const verdict = await verdictOn('group0', groups.sentinels);
  await fault(primary);
  const probe = PROBES[(values as Reply[]).findIndex((value) => value !== null)];
  const [verdictAt, { doneAt }] = await Promise.all([
    verdict.time,
    firstWrite(proxy.endpoints[0], () => probe),
  ]);
  return doneAt - verdictAt;
}

/** What a server says of the commands that it got, each time that it is asked, as long as it counts itself as a primary. */
async function statsAsPrimary({ endpoint }: RedisServer): Promise<string[]> {
  const stats: string[] = [];
  for (;;) {
    // Who makes it a replica cuts off those that are connected.
    const replies = await ask(endpoint, ['INFO', 'commandstats'], ['ROLE']).catch(() => null);
    if (replies === null) continue;
    const [text, role] = replies;
    if ((role as Reply[])[0] === 'slave') return stats;
    stats.push(String(text));
  }
}

test("writes go on while Sentinels have a replica take its primary's place, and back", async () => {
  const counting = await Counting.start();
  for (let i = 0; i < 2; i++) {
    await groups.sentinels.failover('group0');
    await groups.sentinels.settled();
    await counting.goesOn();
  }
  await counting.stop();
  expect(counting.errors).toEqual([]);
}, 60_000);

test('a primary is killed: writes go to the next at once, and none to the old one when it is back', async () => {
  const counting = await Counting.start();
  const old = await primaryOf(0);
  const delay = await outage((primary) => primary.kill());
  console.info(`killed: ${Math.round(delay)} ms from the verdict to the first write`);
  expect(delay).toBeLessThan(LIMIT);
  await counting.goesOn();
  await old.restart();
  const stats = await statsAsPrimary(old);
  expect(stats.length).toBeGreaterThan(0);
  expect(stats.filter((text) => text.includes('cmdstat_set:'))).toEqual([]);
  await counting.stop();
  // Those that the old one took with it.
  expect(counting.errors.length).toBeLessThanOrEqual(KEYS.length);
  for (const error of counting.errors) expect(error).toContain('the outcome is unknown');
}, 60_000);

test('a primary is frozen: writes go to the next at once', async () => {
  const counting = await Counting.start();
  const old = await primaryOf(0);
  const delay = await outage((primary) => primary.freeze());
  console.info(`frozen: ${Math.round(delay)} ms from the verdict to the first write`);
  expect(delay).toBeLessThan(LIMIT);
  await counting.goesOn();
  await counting.stop();
  expect(counting.errors.length).toBeLessThanOrEqual(KEYS.length);
  for (const error of counting.errors) expect(error).toContain('the outcome is unknown');
  old.thaw();
}, 60_000);
