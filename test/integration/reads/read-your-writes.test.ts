import type { Endpoint } from '@shardmux/plugin-api';
import { connectRaw, freePort, type RawClient } from '@shardmux/testing';
import fc from 'fast-check';
import { createClient, createProxy, type ProxyService } from 'shardmux';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LiveTopology } from '../../support/live-topology.js';
import { callsOf, ReplicatedShard } from '../../support/replicated-shard.js';

const KEYS = ['a', 'b', 'c'];

/** What one of the connections does. */
interface Act {
  readonly kind: 'write' | 'read' | 'transaction' | 'block';
  readonly key: string;
  readonly client: number;
}

/** Times are in ms. */
type Step = Act | { readonly kind: 'lag' | 'pause'; readonly ms: number } | { readonly kind: 'hang' };

const act: fc.Arbitrary<Act> = fc.record({
  kind: fc.constantFrom('write', 'read', 'read', 'read', 'transaction', 'block'),
  key: fc.constantFrom(...KEYS),
  client: fc.nat(1),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: act },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('lag'), ms: fc.constantFrom(0, 20, 150, 400) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pause'), ms: fc.constantFrom(1, 50, 250) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('hang') }) },
);

let shard: ReplicatedShard;
let proxy: ProxyService;
let endpoint: Endpoint;
let topology: LiveTopology;

beforeAll(async () => {
  shard = await ReplicatedShard.start(2);
});

afterAll(() => shard?.stop());

beforeEach(async () => {
  topology = new LiveTopology([shard.description]);
  const port = await freePort();
  endpoint = { kind: 'tcp', host: '127.0.0.1', port };
  const yaml = `stats: { listen: null }\npools: { alpha: { listen: "127.0.0.1:${port}", topology: live, reads: read-your-writes } }`;
  proxy = createProxy({ yaml }, { plugins: [topology.plugin] });
  await proxy.start();
});

afterEach(async () => {
  await proxy?.stop();
  for (const relay of shard.relays) await relay.resume();
});

/** Resolves when such a read is one that the primary does not serve. */
async function reachesReplicas(read: () => Promise<unknown>): Promise<void> {
  await expect
    .poll(async () => {
      const before = await callsOf(shard.primary, 'get');
      await read();
      return (await callsOf(shard.primary, 'get')) - before;
    })
    .toBe(0);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Two connections, each of which counts up keys of its own and must never find less than it has written. */
class Player {
  readonly #run: number;
  readonly #clients: readonly RawClient[];
  readonly #written = new Map<string, number>();
  #next = 0;

  constructor(run: number, clients: readonly RawClient[]) {
    this.#run = run;
    this.#clients = clients;
  }

  async play(each: Step): Promise<void> {
    if ('client' in each) await this.#act(each);
    else if (each.kind === 'lag') for (const relay of shard.relays) relay.delay(each.ms);
    else if (each.kind === 'pause') await pause(each.ms);
    else await this.#hang();
  }

  async #hang(): Promise<void> {
    for (const replica of shard.replicas) replica.freeze();
    await pause(30);
    for (const replica of shard.replicas) replica.thaw();
  }

  async #act({ kind, client: number, key: name }: Act): Promise<void> {
    const client = this.#clients[number];
    const key = `${this.#run}:${number}:${name}`;
    if (kind === 'read') {
      expect(Number((await client.command('LINDEX', key, 0)) ?? 0)).toBe(this.#written.get(key) ?? 0);
      return;
    }
    const value = ++this.#next;
    if (kind === 'write') await client.command('LPUSH', key, value);
    else if (kind === 'transaction') await client.pipeline([['MULTI'], ['LPUSH', key, value], ['EXEC']]);
    else await this.#block(key, value, client);
    this.#written.set(key, value);
  }

  /** The command that may block writes on a connection of its own. */
  async #block(key: string, value: number, client: RawClient): Promise<void> {
    await client.command('LPUSH', key, value, -1);
    expect(await client.command('BLPOP', key, 1)).toEqual([key, '-1']);
  }
}

test('a session never finds less than it has written, however far behind the replicas are', async () => {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const clients = await Promise.all([0, 1].map(() => connectRaw(endpoint, { strings: true })));
      const player = new Player(++runs, clients);
      try {
        for (const each of steps) await player.play(each);
      } finally {
        for (const relay of shard.relays) relay.delay(0);
        await Promise.all(clients.map((client) => client.close()));
      }
    }),
    { numRuns: 25, interruptAfterTimeLimit: 40_000 },
  );
}, 60_000);

describe('once a session has written', () => {
  let client: RawClient;

  beforeEach(async () => {
    client = await connectRaw(endpoint, { strings: true });
  });

  afterEach(() => client?.close());

  const reads = () => callsOf(shard.primary, 'get');

  test('its reads go to the primary, and back when a replica has caught up', async () => {
    await client.command('GET', 'key');
    const before = await reads();
    for (const relay of shard.relays) relay.delay(300);
    await client.command('SET', 'key', 'value');
    expect(await client.command('GET', 'key')).toBe('value');
    expect(await reads()).toBe(before + 1);
    await reachesReplicas(async () => expect(await client.command('GET', 'key')).toBe('value'));
  });

  test("others' reads go on to replicas", async () => {
    const other = await connectRaw(endpoint, { strings: true });
    await reachesReplicas(() => other.command('GET', 'key'));
    for (const relay of shard.relays) relay.delay(300);
    await client.command('SET', 'key', 'newer');
    const before = await reads();
    await other.command('GET', 'key');
    expect(await reads()).toBe(before);
    await other.close();
  });

  test('what it reads in the same pipeline is what it wrote there', async () => {
    for (const relay of shard.relays) relay.delay(100);
    for (let i = 0; i < 20; i++)
      expect(
        await client.pipeline([
          ['SET', 'key', i],
          ['GET', 'key'],
        ]),
      ).toEqual(['OK', String(i)]);
  });
});

test('a client in the process finds what it wrote', async () => {
  const client = createClient(
    { pools: { alpha: { topology: 'live', reads: 'read-your-writes' } } },
    { plugins: [new LiveTopology([shard.description]).plugin] },
  );
  try {
    for (const relay of shard.relays) relay.delay(100);
    for (let i = 0; i < 100; i++) {
      await client.set('key', i);
      expect(await client.get('key')).toBe(String(i));
    }
    await reachesReplicas(() => client.get('key'));
  } finally {
    await client.quit();
  }
});
