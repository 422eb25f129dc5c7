import type { Endpoint } from '@shardmux/plugin-api';
import {
  connectRaw,
  type RawClient,
  type RedisServer,
  type Relay,
  type Reply,
  startRedis,
  startRelay,
} from '@shardmux/testing';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Shardmux } from '../support/shardmux.js';
import { namedServers, poolFile } from '../support/shards.js';
import { readStats } from '../support/stats.js';

const SESSIONS = 10;
/** Of each session. */
const KEYS = 20;

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const keyOf = (session: number, key: number) => `${session}:${key}`;

/** Sessions that write and read keys of their own in a closed loop, and know a reply meant for somebody else. */
class Traffic {
  /** Rounds done, and those without an error. */
  rounds = 0;
  cleanRounds = 0;
  errors = 0;
  /** Sessions whose connection ended. */
  closed = 0;
  /** Replies that no right answer to their request can be. */
  readonly wrong: string[] = [];
  readonly #clients: RawClient[] = [];
  readonly #loops: Promise<void>[] = [];
  #running = true;

  static async start(endpoint: Endpoint): Promise<Traffic> {
    const traffic = new Traffic();
    for (let i = 0; i < SESSIONS; i++) traffic.#clients.push(await connectRaw(endpoint));
    for (const [i, client] of traffic.#clients.entries()) traffic.#loops.push(traffic.#loop(client, i));
    return traffic;
  }

  /** Resolves when every session has its last reply. */
  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#loops);
    for (const client of this.#clients) if (client.unread.length > 0) this.wrong.push(String(client.unread));
    await Promise.all(this.#clients.map((client) => client.close()));
  }

  async #loop(client: RawClient, session: number): Promise<void> {
    for (let round = 0; this.#running; round++) {
      try {
        await this.#round(client, session, round);
      } catch {
        this.closed++;
        return;
      }
    }
  }

  async #round(client: RawClient, session: number, round: number): Promise<void> {
    const keys = Array.from({ length: 4 }, (_, i) => (round + i) % KEYS);
    const [key] = keys;
    const [set, get, many, echo] = await client.pipeline([
      ['SET', keyOf(session, key), `${keyOf(session, key)}:${round}`],
      ['GET', keyOf(session, key)],
      ['MGET', ...keys.map((each) => keyOf(session, each))],
      ['ECHO', `${session}:${round}`],
    ]);
    const errorsBefore = this.errors;
    this.#check(set, String(set) === 'OK');
    this.#check(get, written(get, session, key, round));
    const values = Array.isArray(many) ? many : [];
    this.#check(
      many,
      values.length === 4 && values.every((value, i) => written(value, session, keys[i], round)),
    );
    this.#check(echo, String(echo) === `${session}:${round}`);
    this.rounds++;
    if (this.errors === errorsBefore) this.cleanRounds++;
  }

  #check(reply: Reply, right: boolean): void {
    // Of a server that is well, a malformed reply is one that was cut in the wrong place.
    if (reply instanceof Error && !/malformed/.test(reply.message)) this.errors++;
    else if (!right) this.wrong.push(String(reply));
  }
}

/** Whether a session may have written a value to a key, or the key may be missing on the server asked. */
function written(value: Reply, session: number, key: number, round: number): boolean {
  if (value === null) return true;
  const [itsSession, itsKey, itsRound] = String(value).split(':').map(Number);
  return itsSession === session && itsKey === key && itsRound <= round;
}

/** All keys can be written and read, without an error, and each has what was written last. */
async function servesAll(endpoint: Endpoint): Promise<boolean> {
  const client = await connectRaw(endpoint);
  const keys = Array.from({ length: SESSIONS * KEYS }, (_, i) =>
    keyOf(i % SESSIONS, Math.floor(i / SESSIONS)),
  );
  const written = await client.pipeline(keys.map((key) => ['SET', key, `last of ${key}`]));
  const read = await client.pipeline(keys.map((key) => ['GET', key]));
  await client.close();
  return (
    written.every((reply) => String(reply) === 'OK') &&
    read.every((reply, i) => String(reply) === `last of ${keys[i]}`)
  );
}

async function sizeOf(server: RedisServer): Promise<number> {
  const client = await connectRaw(server.endpoint);
  const size = await client.command('DBSIZE');
  await client.close();
  return Number(size);
}

/** shardmux in front of three Redis, the first of them perhaps behind a relay. */
async function start(settings: string[], relayed = false) {
  const servers = await Promise.all([startRedis(), startRedis(), startRedis()]);
  cleanups.push(() => Promise.all(servers.map((server) => server.stop())));
  const relay = relayed ? await startRelay(servers[0].endpoint) : null;
  const first = relay ?? servers[0];
  const addresses = namedServers([first, servers[1], servers[2]]);
  const shardmux = await Shardmux.start(await poolFile(addresses, settings));
  cleanups.push(() => shardmux.stop());
  cleanups.push(() => relay?.stop());
  return { servers, relay, shardmux };
}

test('a shard that flaps ten times: nobody is closed, no reply goes astray, and at the end all is well', async () => {
  const { servers, shardmux } = await start([
    'timeout: 200',
    'failover: { use: auto-eject, failureLimit: 2, retryTimeout: 200 }',
  ]);
  const [flapping] = servers;
  const row = async () => {
    const { document } = await readStats(shardmux.statsPort);
    return (document.alpha as Record<string, Record<string, number>>).shard0;
  };
  const traffic = await Traffic.start(shardmux.endpoints[0]);
  // The statistics are served last of all.
  await vi.waitFor(row, 10_000);
  for (let i = 0; i < 10; i++) {
    const { server_ejected_at: last } = await row();
    if (i % 2 === 0) await flapping.kill();
    else flapping.freeze();
    await vi.waitUntil(async () => (await row()).server_ejected_at > last, { timeout: 5_000 });
    const { requests } = await row();
    if (i % 2 === 0) await flapping.restart();
    else flapping.thaw();
    // It is back in the ring.
    await vi.waitUntil(async () => (await row()).requests > requests + 100, { timeout: 5_000 });
  }
  expect(traffic.errors).toBeGreaterThan(0);
  await traffic.stop();
  expect(traffic.wrong).toEqual([]);
  expect(traffic.closed).toBe(0);
  await flapping.restart();
  await vi.waitUntil(() => servesAll(shardmux.endpoints[0]), { timeout: 3_000 });
  expect(await sizeOf(flapping)).toBeGreaterThan(0);
}, 60_000);

describe('one of three shards behind a bad network', () => {
  async function serveThrough(
    fault: (relay: Relay, traffic: Traffic) => Promise<void>,
    timeout = 1_000,
  ): Promise<Traffic> {
    const settings = [`timeout: ${timeout}`, 'reconnect: { min: 20, max: 100 }'];
    const { relay, shardmux } = await start(settings, true);
    const traffic = await Traffic.start(shardmux.endpoints[0]);
    await vi.waitUntil(() => traffic.rounds > 100, 10_000);
    await fault(relay!, traffic);
    await relay!.resume();
    const { cleanRounds } = traffic;
    await vi.waitUntil(() => traffic.cleanRounds > cleanRounds + 100, { timeout: 5_000 });
    await traffic.stop();
    expect(traffic.wrong).toEqual([]);
    expect(traffic.closed).toBe(0);
    expect(await servesAll(shardmux.endpoints[0])).toBe(true);
    return traffic;
  }

  test('connections are cut by RST, again and again', async () => {
    const { errors } = await serveThrough(async (relay) => {
      for (let i = 0; i < 30; i++) {
        const { connections, bytesToClient } = relay;
        relay.cut('reset');
        await vi.waitUntil(
          () => relay.connections > connections && relay.bytesToClient > bytesToClient,
          10_000,
        );
      }
    });
    expect(errors).toBeGreaterThan(0);
  });

  test('nothing comes through for a while', async () => {
    const { errors } = await serveThrough(async (relay, traffic) => {
      relay.blackhole();
      await vi.waitUntil(() => traffic.errors >= SESSIONS, { timeout: 5_000 });
    });
    expect(errors).toBeGreaterThanOrEqual(SESSIONS);
  });

  test('replies come when their requests have been given up: they are swallowed, by the same connection', async () => {
    const { errors } = await serveThrough(async (relay, traffic) => {
      const { connections } = relay;
      for (let i = 0; i < 3; i++) {
        const { errors, cleanRounds } = traffic;
        relay.delay(300);
        await vi.waitUntil(() => traffic.errors >= errors + SESSIONS, { timeout: 5_000 });
        relay.delay(0);
        await vi.waitUntil(() => traffic.cleanRounds > cleanRounds + 100, { timeout: 5_000 });
      }
      expect(relay.connections).toBe(connections);
    }, 200);
    expect(errors).toBeGreaterThan(0);
  });

  test.each([
    ['bytes come one by one', (relay: Relay) => relay.chop(1)],
    ['everything comes 20 ms later', (relay: Relay) => relay.delay(20)],
  ])('%s: that is no error', async (_name, misbehave) => {
    const { errors } = await serveThrough(async (relay, traffic) => {
      misbehave(relay);
      const { bytesToClient } = relay;
      const { rounds } = traffic;
      await vi.waitUntil(() => traffic.rounds > rounds + 200 && relay.bytesToClient > bytesToClient + 2_000, {
        timeout: 10_000,
      });
    });
    expect(errors).toBe(0);
  });
});
