import { connectRaw, type RawClient, type RedisServer, startRedis } from '@shardmux/testing';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Shards } from '../support/shards.js';

let shards: Shards;
let plain: RedisServer;
let ours: RawClient;
let theirs: RawClient;

beforeAll(async () => {
  shards = await Shards.start(3);
  plain = await startRedis();
  ours = await connectRaw(shards.endpoint, { strings: true });
  theirs = await connectRaw(plain.endpoint, { strings: true });
});

afterEach(async () => {
  for (const client of [ours, theirs]) await client.command('FLUSHALL');
});

afterAll(async () => {
  await ours?.close();
  await theirs?.close();
  await shards?.stop();
  await plain?.stop();
});

/** All that a scan finds; `between` runs after each page. */
async function scan(
  client: RawClient,
  options: readonly string[],
  between: (page: number) => Promise<unknown> = async () => {},
): Promise<Set<string>> {
  const found = new Set<string>();
  let cursor = '0';
  for (let page = 0; ; page++) {
    const [next, keys] = (await client.command('SCAN', cursor, ...options)) as [string, string[]];
    expect(Number.isSafeInteger(Number(next))).toBe(true);
    for (const key of keys) found.add(key);
    if (next === '0') return found;
    cursor = next;
    await between(page);
  }
}

const kinds = {
  string: (key: string) => ['SET', key, 'x'],
  list: (key: string) => ['RPUSH', key, 'x'],
  set: (key: string) => ['SADD', key, 'x'],
} as const;

const keyed = fc.record({
  key: fc.string({ unit: fc.constantFrom(...'abc*?:'), minLength: 1, maxLength: 6 }),
  kind: fc.constantFrom(...(Object.keys(kinds) as (keyof typeof kinds)[])),
});
const keySet = fc.uniqueArray(keyed, { selector: ({ key }) => key, maxLength: 120 });
const options = fc
  .record(
    {
      MATCH: fc.constantFrom('*', 'a*', '*b', '?', '[ab]*', '\\**', 'none', ''),
      COUNT: fc.constantFrom('1', '3', '10', '1000'),
      TYPE: fc.constantFrom('string', 'list', 'set', 'zset', 'nosuch'),
    },
    { requiredKeys: [] },
  )
  .map((record) => Object.entries(record).flat());

describe('SCAN over all servers', () => {
  test('finds what SCAN of one Redis finds', async () => {
    await fc.assert(
      fc.asyncProperty(keySet, options, async (entries, args) => {
        for (const client of [ours, theirs]) {
          await client.pipeline([['FLUSHALL'], ...entries.map(({ key, kind }) => kinds[kind](key))]);
        }
        expect(await scan(ours, args)).toEqual(await scan(theirs, args));
      }),
      { numRuns: 60 },
    );
  });

  test('finds each key that is there all the time, whatever comes and goes meanwhile', async () => {
    const comesAndGoes = fc.array(fc.nat(40), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(keySet, comesAndGoes, fc.constantFrom('1', '5'), async (entries, others, count) => {
        await ours.pipeline([['FLUSHALL'], ...entries.map(({ key, kind }) => kinds[kind](key))]);
        const found = await scan(ours, ['COUNT', count], (page) => {
          const batch = others.map((other) => `other${other + page}`);
          // Tables of the servers grow and shrink.
          return ours.pipeline(
            page % 2 === 0
              ? batch.flatMap((name) => Array.from({ length: 10 }, (_, i) => ['SET', `${name}:${i}`, 'x']))
              : batch.map((name) => ['DEL', ...Array.from({ length: 10 }, (_, i) => `${name}:${i}`)]),
          );
        });
        expect(entries.filter(({ key }) => !found.has(key))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  test.each([
    ['SCAN', 'x'],
    ['SCAN', '1.5'],
    ['SCAN', '99999999999999999999'],
    ['SCAN', '0', 'COUNT', '0'],
    ['SCAN', '0', 'COUNT', 'x'],
    ['SCAN', '0', 'COUNT'],
    ['SCAN', '0', 'NOSUCH', '1'],
    ['SCAN'],
  ])('%j %j %j %j is refused as by one Redis', async (...command) => {
    expect(String(await ours.commandRaw(...command))).toBe(String(await theirs.commandRaw(...command)));
  });

  test('goes on behind the last server where its own is no more', async () => {
    expect(await ours.command('SCAN', '65535')).toEqual(['0', []]);
  });
});

test('a scan survives that a server leaves, and finds all keys of the others', async () => {
  const failing = await Shards.start(3, [
    'timeout: 200',
    'failover: { use: auto-eject, failureLimit: 1, retryTimeout: 60000 }',
  ]);
  try {
    const client = await connectRaw(failing.endpoint, { strings: true });
    const keys = Array.from({ length: 300 }, (_, i) => `key${i}`);
    await client.command('MSET', ...keys.flatMap((key) => [key, 'x']));
    const lost = await connectRaw(failing.servers[1].endpoint, { strings: true });
    const gone = new Set((await lost.command('KEYS', '*')) as string[]);
    await lost.close();
    const found = await scan(client, ['COUNT', '40'], async (page) => {
      if (page > 0) return;
      await failing.servers[1].kill();
      // Whoever meets it first finds out.
      await expect.poll(async () => typeof (await client.command('DBSIZE'))).toBe('number');
    });
    expect(keys.filter((key) => !gone.has(key) && !found.has(key))).toEqual([]);
    await client.close();
  } finally {
    await failing.stop();
  }
}, 20_000);
