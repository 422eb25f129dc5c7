import type { NodeDescription } from '@shardmux/plugin-api';
import { askServer, connectRaw, freePort, type Relay, startRedis, startRelay } from '@shardmux/testing';
import fc from 'fast-check';
import { createClient, createProxy } from 'shardmux';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LiveTopology } from '../../support/live-topology.js';
import { callsOf, ReplicatedShard } from '../../support/replicated-shard.js';

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];
const SET = "return redis.call('set', KEYS[1], ARGV[1])";

interface Step {
  readonly kind: 'get' | 'mget' | 'set' | 'mset' | 'eval';
  readonly keys: readonly string[];
}

interface Round {
  readonly steps: readonly Step[];
  /** How much later replicas hear of reads, and answer, in ms. */
  readonly delay: number;
  /** Whether the connections to the replicas are lost meanwhile: their reads go to the primaries then. */
  readonly cuts: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('get', 'get', 'get', 'mget', 'set', 'set', 'mset', 'eval'),
  keys: fc.shuffledSubarray(KEYS, { minLength: 1, maxLength: 4 }),
});

const round: fc.Arbitrary<Round> = fc.record({
  steps: fc.array(step, { minLength: 4, maxLength: 30, size: 'max' }),
  delay: fc.constantFrom(0, 3, 15),
  cuts: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
});

let shards: ReplicatedShard[];
/** Between us and each replica; what it hears from its primary does not pass them. */
let relays: Relay[];

beforeAll(async () => {
  shards = await Promise.all(['one', 'two'].map((name) => ReplicatedShard.start(1, name)));
  relays = await Promise.all(shards.map(({ replicas: [replica] }) => startRelay(replica.endpoint)));
});

afterAll(async () => {
  await Promise.all(relays.map((relay) => relay.stop()));
  await Promise.all(shards.map((shard) => shard.stop()));
});

/** Sends commands side by side; resolves with their replies. */
type Send = (commands: readonly string[][]) => Promise<unknown[]>;

interface Sender {
  readonly send: Send;
  readonly topology: LiveTopology;
  stop(): Promise<unknown>;
}

const descriptions = (): NodeDescription[] =>
  shards.map((shard, i) => ({
    ...shard.with(),
    replicas: [{ name: `${shard.name}-0`, endpoint: relays[i].endpoint, zone: 'here' }],
  }));

async function startProxy(reads: string): Promise<Sender> {
  const port = await freePort();
  const pools = {
    alpha: { listen: `127.0.0.1:${port}`, topology: 'live', zone: 'here', hash: 'murmur', reads },
  };
  const yaml = JSON.stringify({ stats: { listen: null }, pools });
  const topology = new LiveTopology(descriptions());
  const proxy = createProxy({ yaml }, { plugins: [topology.plugin] });
  await proxy.start();
  const client = await connectRaw({ kind: 'tcp', host: '127.0.0.1', port }, { strings: true });
  const stop = () => client.close().then(() => proxy.stop());
  return { send: (commands) => client.pipeline(commands), topology, stop };
}

async function startClient(reads: string): Promise<Sender> {
  const pools = { alpha: { topology: 'live', zone: 'here', hash: 'murmur', reads } };
  const topology = new LiveTopology(descriptions());
  const client = createClient({ pools }, { plugins: [topology.plugin], lazyConnect: true });
  await client.connect();
  const send: Send = (commands) => Promise.all(commands.map(([name, ...args]) => client.call(name, ...args)));
  return { send, topology, stop: () => client.quit() };
}

/** What a session writes and reads. Under each key it writes greater and greater numbers. */
class Story {
  readonly #prefix: string;
  readonly #written = new Map<string, number>();
  #last = 0;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** The command, and of a read what was written under its keys before it. */
  tell({ kind, keys: names }: Step): { readonly command: string[]; readonly written: number[] | null } {
    const keys = names.map((name) => this.#prefix + name);
    const [key] = keys;
    const before = (key: string) => this.#written.get(key) ?? 0;
    if (kind === 'get') return { command: ['GET', key], written: [before(key)] };
    if (kind === 'mget') return { command: ['MGET', ...keys], written: keys.map(before) };
    if (kind === 'mset')
      return { command: ['MSET', ...keys.flatMap((each) => [each, this.#write(each)])], written: null };
    if (kind === 'set') return { command: ['SET', key, this.#write(key)], written: null };
    return { command: ['EVAL', SET, '1', key, this.#write(key)], written: null };
  }

  #write(key: string): string {
    this.#written.set(key, ++this.#last);
    return String(this.#last);
  }
}

/** Resolves when the session reads on replicas. */
async function untilReplicasServe(send: Send): Promise<void> {
  const calls = async () => {
    const counts = await Promise.all(shards.map(({ replicas: [replica] }) => callsOf(replica, 'get')));
    return counts.reduce((sum, count) => sum + count);
  };
  await expect
    .poll(
      async () => {
        const before = await calls();
        await send(KEYS.map((key) => ['GET', key]));
        return (await calls()) - before;
      },
      { interval: 20, timeout: 5_000 },
    )
    .toBe(KEYS.length);
}

function cutAll(): void {
  for (const relay of relays) relay.cut('reset');
}

async function play({ steps, delay, cuts }: Round, story: Story, send: Send, reads: string): Promise<void> {
  const isExact = reads === 'read-your-writes';
  for (const relay of relays) relay.delay(0);
  await untilReplicasServe(send);
  for (const relay of relays) relay.delay(delay);
  const told = steps.map((each) => story.tell(each));
  const replies = send(told.map(({ command }) => command));
  // Without a replica this one refuses to read.
  if (cuts && reads !== 'replica') setTimeout(cutAll, delay / 2);
  (await replies).forEach((reply, i) => {
    const { written, command } = told[i];
    if (written === null) return;
    const read = [reply].flat().map(Number);
    const isRight = read.every((value, k) => (isExact ? value === written[k] : value <= written[k]));
    expect(isRight, `number ${i}, ${command}: ${read} where it wrote ${written}`).toBe(true);
  });
}

describe.each(['replica', 'replica-preferred', 'nearest', 'read-your-writes'])('%s', (reads) => {
  test.each([
    ['a proxy', startProxy],
    ['a client', startClient],
  ])('%s: what is read is never written behind it', async (_, start) => {
    const { send, stop } = await start(reads);
    let stories = 0;
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 4 }), async (rounds) => {
          const story = new Story(`${reads}:${start.name}:${stories++}:`);
          for (const each of rounds) await play(each, story, send, reads);
        }),
        { numRuns: 50, interruptAfterTimeLimit: 2_500 },
      );
    } finally {
      await stop();
    }
  });
});

test.each([
  ['a proxy', startProxy],
  ['a client', startClient],
])('%s: what waits for reads goes to whoever is the primary by then', async (_, start) => {
  const next = await startRedis();
  const { send, topology, stop } = await start('replica');
  try {
    for (const relay of relays) relay.delay(0);
    await untilReplicasServe(send);
    const keys = KEYS.map((key) => `${start.name}:${key}`);
    for (const relay of relays) relay.delay(500);
    const bytes = () => relays.reduce((sum, { bytesToServer }) => sum + bytesToServer, 0);
    const before = bytes();
    const replies = send(
      keys.flatMap((key) => [
        ['GET', key],
        ['SET', key, 'value'],
      ]),
    );
    await expect.poll(bytes).toBeGreaterThan(before + 150);
    const [one, two] = descriptions();
    topology.change([{ ...one, endpoint: next.endpoint }, two]);
    expect(await replies).toEqual(keys.flatMap(() => [null, 'OK']));
    expect(await askServer(shards[0].primary, 'EXISTS', ...keys)).toBe(0);
    expect(await askServer(next, 'EXISTS', ...keys)).toBeGreaterThan(0);
  } finally {
    await stop();
    await next.stop();
  }
});
