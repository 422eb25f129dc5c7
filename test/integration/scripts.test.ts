import { createHash } from 'node:crypto';
import { type Argument, connectRaw } from '@shardmux/testing';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { expect, test, vi } from 'vitest';
import { ClientShards } from '../support/client.js';
import { SideBySide } from '../support/side-by-side.js';

const APPEND = "return redis.call('append', KEYS[1], ARGV[1])";
const READ = "return redis.call('get', KEYS[1])";
const BROKEN = 'nonsense';

/** So many that they lie on all servers, whatever the ports. */
const KEYS = Array.from({ length: 48 }, (_, i) => `key${i}`);

const both = new SideBySide(['hashTag: "{}"'], [['FLUSHALL'], ['SCRIPT', 'FLUSH']]);

function sha(body: string): string {
  return createHash('sha1').update(body).digest('hex');
}

/** How often the servers were given one script or another. */
async function loads(): Promise<number> {
  const [, count = '0'] =
    /cmdstat_script\|load:calls=(\d+)/.exec(String(await both.ours.command('INFO', 'commandstats'))) ?? [];
  return Number(count);
}

test('what EVAL said once EVALSHA runs everywhere, in its place among other commands', async () => {
  await both.compare(
    ['EVAL', APPEND, '1', KEYS[0], 'x'],
    ...KEYS.flatMap((key) => [
      ['SET', key, 'a'],
      ['EVALSHA', sha(APPEND), '1', key, 'b'],
      ['APPEND', key, 'c'],
      ['EVALSHA', sha(APPEND).toUpperCase(), '1', key, 'd'],
      ['GET', key],
    ]),
  );
});

test.each<[string, Argument[][]]>([
  [
    'EVAL without keys',
    [['EVAL', 'return 1', '0'], ...KEYS.map((key) => ['EVALSHA', sha('return 1'), '1', key])],
  ],
  ['EVAL_RO', [['EVAL_RO', READ, '1', 'a'], ...KEYS.map((key) => ['EVALSHA_RO', sha(READ), '1', key])]],
  ['EVALSHA without keys', [...KEYS.map((key) => ['EVAL', READ, '1', key]), ['EVALSHA', sha(READ), '0']]],
  [
    'a wrong count of keys',
    [
      ['EVAL', READ, '-1', 'a'],
      ['EVAL', READ, '9', 'a'],
      ['EVALSHA', sha(READ), 'x', 'a'],
    ],
  ],
  [
    'a script that no server takes',
    [['EVAL', BROKEN, '1', 'a'], ...KEYS.map((key) => ['EVALSHA', sha(BROKEN), '1', key])],
  ],
  ['a script that is not known', KEYS.map((key) => ['EVALSHA', sha(READ), '1', key])],
  [
    'what is no SHA-1',
    [
      ['EVAL', READ, '1', 'a'],
      ['EVALSHA', sha(READ).slice(1), '1', 'a'],
      ['EVALSHA', '', '1', 'b'],
      ['EVALSHA', '~'.repeat(40), '1', 'b'],
    ],
  ],
  ['an empty script', [['EVAL', '', '1', 'a'], ...KEYS.map((key) => ['EVALSHA', sha(''), '1', key])]],
  [
    'SCRIPT EXISTS',
    [
      ['EVAL', READ, '1', 'a'],
      ['EVAL', BROKEN, '1', 'a'],
      ['SCRIPT', 'EXISTS', sha(READ), sha(APPEND), sha(BROKEN), sha(READ).toUpperCase(), 'x'],
      ['SCRIPT', 'EXISTS'],
    ],
  ],
  [
    'SCRIPT FLUSH',
    [
      ['EVAL', READ, '1', 'a'],
      ['SCRIPT', 'FLUSH', 'NONSENSE'],
      ...KEYS.map((key) => ['EVALSHA', sha(READ), '1', key]),
      ['SCRIPT', 'FLUSH'],
      ...KEYS.map((key) => ['EVALSHA', sha(READ), '1', key]),
      ['SCRIPT', 'EXISTS', sha(READ)],
      ['EVAL', READ, '1', 'a'],
      ...KEYS.map((key) => ['EVALSHA', sha(READ), '1', key]),
    ],
  ],
  [
    'FLUSHALL',
    [['EVAL', READ, '1', 'a'], ['FLUSHALL'], ...KEYS.map((key) => ['EVALSHA', sha(READ), '1', key])],
  ],
  [
    'SCRIPT LOAD',
    [
      ['SCRIPT', 'LOAD', READ],
      ['SCRIPT', 'LOAD', BROKEN],
      ['SCRIPT', 'LOAD'],
      ...KEYS.map((key) => ['EVALSHA', sha(READ), '1', key]),
    ],
  ],
  [
    'a transaction',
    [
      ['EVAL', APPEND, '1', 'a', 'x'],
      ['EVAL', READ, '1', 'a'],
      ...KEYS.flatMap((key) => [
        ['SET', key, 'a'],
        ['MULTI'],
        ['EVALSHA', sha(APPEND), '1', key, 'b'],
        ['GET', key],
        ['EVALSHA', sha(READ), '1', key],
        ['EVALSHA', sha(APPEND), '1', key, 'c'],
        ['EXEC'],
        ['GET', key],
      ]),
      ['MULTI'],
      ['EVAL', 'return 7', '0'],
      ['EXEC'],
      ...KEYS.map((key) => ['EVALSHA', sha('return 7'), '1', key]),
    ],
  ],
  [
    'a transaction with watched keys',
    [
      ['EVAL', APPEND, '1', 'a', 'x'],
      ...KEYS.flatMap((key) => [
        ['WATCH', key],
        ['MULTI'],
        ['EVALSHA', sha(APPEND), '1', key, 'b'],
        ['EXEC'],
      ]),
    ],
  ],
])('%s: the replies are those of one Redis', async (_, commands) => {
  await both.compare(...commands);
});

test('in RESP3, and where the client tracks what it reads', async () => {
  await both.ours.command('EVAL', READ, '1', KEYS[0]);
  await both.ours.commandRaw('HELLO', '3');
  await both.ours.commandRaw('CLIENT', 'TRACKING', 'ON', 'OPTIN');
  for (const key of KEYS) {
    await both.ours.commandRaw('CLIENT', 'CACHING', 'YES');
    expect(String(await both.ours.commandRaw('EVALSHA_RO', sha(READ), '1', key))).toBe('_\r\n');
  }
});

test('a server is given each script once', async () => {
  await both.ours.command('EVAL', APPEND, '1', KEYS[0], 'x');
  const before = await loads();
  for (let i = 0; i < 3; i++)
    await both.ours.pipeline(KEYS.map((key) => ['EVALSHA', sha(APPEND), '1', key, 'y']));
  expect((await loads()) - before).toBe(2);
});

test('another client, at the same time and later', async () => {
  await both.ours.command('EVAL', APPEND, '1', KEYS[0], 'x');
  const others = await Promise.all(KEYS.map(() => connectRaw(both.shards.endpoint)));
  const replies = await Promise.all(
    others.map((other, i) => other.command('EVALSHA', sha(APPEND), '1', KEYS[i], 'y')),
  );
  await Promise.all(others.map((other) => other.close()));
  expect(replies).toEqual(KEYS.map((_, i) => (i === 0 ? 2 : 1)));
});

test('a server that was restarted is given it again', async () => {
  await both.ours.pipeline([
    ['EVAL', READ, '1', KEYS[0]],
    ['SCRIPT', 'LOAD', 'return 5'],
  ]);
  for (const server of both.shards.servers) {
    await both.ours.pipeline(KEYS.map((key) => ['EVALSHA', sha(READ), '1', key]));
    await server.restart();
    await vi.waitFor(
      async () => {
        const replies = await both.ours.pipeline(KEYS.map((key) => ['EVALSHA', sha(READ), '1', key]));
        expect(replies.filter((reply) => String(reply).includes('NOSCRIPT'))).toEqual([]);
        expect(replies).toEqual(KEYS.map(() => null));
      },
      { timeout: 10_000, interval: 20 },
    );
    expect(await both.ours.pipeline(KEYS.map((key) => ['EVALSHA', sha('return 5'), '1', key]))).toEqual(
      KEYS.map(() => 5),
    );
  }
});

test('any sequence is answered as one Redis does', async () => {
  const key = fc.constantFrom(...KEYS);
  const body = fc.constantFrom(
    APPEND,
    READ,
    BROKEN,
    'return {1, KEYS[1]}',
    'return redis.error_reply("MINE is wrong")',
  );
  const command: fc.Arbitrary<readonly string[]> = fc.oneof(
    { weight: 3, arbitrary: fc.tuple(body, key).map(([script, name]) => ['EVAL', script, '1', name, 'v']) },
    {
      weight: 9,
      arbitrary: fc.tuple(body, key).map(([script, name]) => ['EVALSHA', sha(script), '1', name, 'v']),
    },
    { weight: 2, arbitrary: body.map((script) => ['EVALSHA', sha(script), '0', 'v']) },
    { weight: 2, arbitrary: key.map((name) => ['SET', name, 's']) },
    { weight: 2, arbitrary: key.map((name) => ['GET', name]) },
    { weight: 1, arbitrary: body.map((script) => ['SCRIPT', 'LOAD', script]) },
    { weight: 1, arbitrary: body.map((script) => ['SCRIPT', 'EXISTS', sha(script), sha(READ)]) },
    { weight: 1, arbitrary: fc.constantFrom(['SCRIPT', 'FLUSH'], ['FLUSHALL']) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 40 }), async (commands) => {
      await both.compare(['FLUSHALL'], ['SCRIPT', 'FLUSH'], ...commands);
    }),
    { numRuns: 60 },
  );
});

test('ioredis: a pipeline of a command that it made of a script', async () => {
  const redis = new Redis({ ...both.shards.endpoint, lazyConnect: true }) as Redis & {
    add(key: string, value: string): Promise<number>;
  };
  redis.defineCommand('add', { numberOfKeys: 1, lua: APPEND });
  for (let i = 1; i <= 2; i++)
    expect(await Promise.all(KEYS.map((key) => redis.add(key, 'x')))).toEqual(KEYS.map(() => i));
  redis.disconnect();
});

test('the client in the process does likewise, in transactions too', async () => {
  const own = await ClientShards.start(3);
  try {
    const redis = own.client();
    await redis.eval(APPEND, 1, KEYS[0], 'x');
    const lengths = await Promise.all(KEYS.map((key) => redis.evalsha(sha(APPEND), 1, key, 'y')));
    expect(lengths).toEqual(KEYS.map((_, i) => (i === 0 ? 2 : 1)));
    await redis.eval(READ, 1, KEYS[0]);
    for (const key of KEYS) {
      const results = await redis.multi().set(key, 'z').evalsha(sha(READ), 1, key).exec();
      expect(results).toEqual([
        [null, 'OK'],
        [null, 'z'],
      ]);
    }
  } finally {
    await own.stop();
  }
});
