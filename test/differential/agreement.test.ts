import {
  connectRaw,
  freePort,
  type RawClient,
  type RedisServer,
  startRedis,
  TemporaryFolder,
} from '@shardmux/testing';
import { createClient } from 'shardmux';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type KnownCommand, type RandomCommand, RandomCommands } from '../support/random-commands.js';
import { Shardmux } from '../support/shardmux.js';

/**
 * A proxy and a client of the same configuration, each before three Redis of its own, are given the same commands:
 *
 *   commands ──┬──► proxy ────► servers A     every reply is the same,
 *              └──► client ───► servers B     and so is what each server holds in the end
 */
const SHARDS = 3;
const COMMANDS = 1_000;
/** How many are under way at once. */
const BATCH = 50;
/** In the name of each test: put it here to play a failure again. */
const SEED = Math.floor(Math.random() * 2 ** 32);

/** Hash, distribution, tag characters (`null`: none, or the distribution's own). */
const PAIRS: readonly (readonly [string, string, string | null])[] = [
  ['fnv1a_64', 'ketama', '{}'],
  ['murmur', 'modula', null],
  ['xxh32', 'rendezvous', '{}'],
  ['murmur3_32', 'jump', '()'],
  ['fnv1a_32', 'maglev', '{}'],
  ['redis-cluster', '{ use: slots, splitBy: slot }', null],
  ['codis', '{ use: slots, slots: 1024 }', null],
];

const folder = new TemporaryFolder();
const sides: RedisServer[][] = [];
let known: readonly KnownCommand[];
let proxy: Shardmux;

function configuration(servers: readonly RedisServer[], ports: readonly number[]): string {
  return [
    'stats: { listen: null }',
    'pools:',
    ...PAIRS.flatMap(([hash, distribution, hashTag], i) => [
      `  pool${i}:`,
      `    listen: 127.0.0.1:${ports[i]}`,
      `    hash: ${hash}`,
      `    distribution: ${distribution}`,
      ...(hashTag === null ? [] : [`    hashTag: "${hashTag}"`]),
      '    servers:',
      ...servers.map(({ host, port }, s) => `      - ${host}:${port}:${s + 1} shard${s}`),
    ]),
    '',
  ].join('\n');
}

beforeAll(async () => {
  for (let side = 0; side < 2; side++) {
    const args = ['--enable-debug-command', 'yes'];
    sides.push(await Promise.all(Array.from({ length: SHARDS }, () => startRedis({ args }))));
  }
  const ports: number[] = [];
  for (const _pair of PAIRS) ports.push(await freePort());
  proxy = await Shardmux.start(configuration(sides[0], ports));
  folder.write('client.yml', configuration(sides[1], ports));
  known = await commandsOf(sides[0][0]);
}, 60_000);

afterAll(async () => {
  await proxy?.stop();
  await Promise.all(sides.flat().map((server) => server.stop()));
  folder.remove();
});

async function commandsOf({ endpoint }: RedisServer): Promise<KnownCommand[]> {
  const direct = await connectRaw(endpoint, { strings: true });
  const rows = (await direct.command('COMMAND')) as [string, number][];
  await direct.close();
  return rows.map(([name, arity]) => ({ name, arity }));
}

/** On each server of a side. */
async function ask(side: number, ...command: string[]): Promise<unknown[]> {
  return Promise.all(
    sides[side].map(async ({ endpoint }) => {
      const direct = await connectRaw(endpoint);
      const reply = await direct.command(...command);
      await direct.close();
      return reply;
    }),
  );
}

/** The one refusal that the proxy says in Redis' words, and the client in its own. */
function isCrossShard({ code, message }: Error & { code?: string }): boolean {
  return code === 'SHARDMUX_CROSS_SHARD' || message.startsWith('CROSSSLOT ');
}

/** A reply in words that both sides share; an object, which only the client makes, as the pairs that it is made of. */
function comparable(reply: unknown, { name, isUnordered }: RandomCommand): unknown {
  if (reply instanceof Error) {
    // The proxy has a list of what is denied; an application is not kept from anything that can be served.
    if (/denied by the configuration|not supported by shardmux/.test(reply.message)) return 'error: refused';
    return `error: ${isCrossShard(reply) ? 'CROSSSLOT' : reply.message}`;
  }
  if (Buffer.isBuffer(reply)) return `bytes: ${reply.toString('latin1')}`;
  if (name === 'hgetall' && Array.isArray(reply)) {
    const pairs = Array.from({ length: reply.length / 2 }, (_, i) => [
      String(reply[2 * i]),
      reply[2 * i + 1],
    ]);
    return comparable(Object.fromEntries(pairs), { name, args: [], isUnordered });
  }
  // What a page holds is up to a seed that each server draws.
  if (name === 'scan' && Array.isArray(reply)) return 'a page';
  if (/^[hsz]scan$/.test(name) && Array.isArray(reply))
    return comparablePage(reply, name === 'sscan' ? 1 : 2);
  if (Array.isArray(reply)) {
    const items = reply.map((item) => comparable(item, { name: '', args: [], isUnordered: false }));
    return isUnordered ? items.toSorted() : items;
  }
  if (typeof reply !== 'object' || reply === null) return reply;
  const entries = Object.entries(reply).map(([key, value]) => [key, String(value)]);
  return entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** In which order elements come is up to that seed as well. @param size how many texts make one element. */
function comparablePage([cursor, items]: unknown[], size: number): unknown {
  const texts = (items as unknown[]).map(String);
  const elements = Array.from({ length: texts.length / size }, (_, i) =>
    texts.slice(i * size, (i + 1) * size).join(' '),
  );
  return [String(cursor), ...elements.toSorted()];
}

function throughProxy(client: RawClient, batch: readonly RandomCommand[]): Promise<unknown[]> {
  return client.pipeline(batch.map(({ name, args }) => [name, ...args]));
}

function throughClient(
  client: ReturnType<typeof createClient>,
  batch: readonly RandomCommand[],
): Promise<unknown[]> {
  const calls = batch.map(({ name, args }) =>
    client.callBuffer(name, ...args).catch((error: Error) => error),
  );
  return Promise.all(calls);
}

test.each(PAIRS.map(([hash, distribution], index) => ({ hash, distribution, index })))(
  `proxy and client agree, seed ${SEED}: $hash, $distribution`,
  async ({ index }) => {
    for (const side of [0, 1]) await ask(side, 'FLUSHALL');
    const random = new RandomCommands(SEED + index, known);
    const raw = await connectRaw(proxy.endpoints[index]);
    const client = createClient(`${folder.path}/client.yml`, { pool: `pool${index}` });
    const refusals = new Set<unknown>();
    for (let done = 0; done < COMMANDS; done += BATCH) {
      const batch = Array.from({ length: BATCH }, () => random.next());
      const [theirs, ours] = await Promise.all([throughProxy(raw, batch), throughClient(client, batch)]);
      for (const [i, command] of batch.entries()) {
        const expected = comparable(theirs[i], command);
        expect({ command, reply: comparable(ours[i], command) }).toEqual({ command, reply: expected });
        if (theirs[i] instanceof Error) refusals.add(expected);
      }
    }
    const digests = await Promise.all([0, 1].map((side) => ask(side, 'DEBUG', 'DIGEST')));
    expect(digests[1].map(String)).toEqual(digests[0].map(String));
    const sizes = await ask(1, 'DBSIZE');
    // What was compared was worth it: there were errors of many kinds, and keys on several servers.
    expect(refusals.size).toBeGreaterThan(15);
    expect(sizes.filter((size) => Number(size) > 0).length).toBeGreaterThan(1);
    await client.quit();
    await raw.close();
  },
  60_000,
);
