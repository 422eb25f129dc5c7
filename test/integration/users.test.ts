import { connectRaw, type RawClient, TemporaryFolder } from '@shardmux/testing';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Shards } from '../support/shards.js';

const NO_KEY = 'NOPERM this user has no permissions to access one of the keys used as arguments';
const NO_COMMAND = (name: string) => `NOPERM this user has no permissions to run the '${name}' command`;
const DENIED = (name: string) => `NOPERM '${name}' is denied by the configuration of shardmux`;
const ABORTED = 'EXECABORT Transaction discarded because of previous errors.';
const NO_AUTH = 'NOAUTH Authentication required.';
const WRONG = 'WRONGPASS invalid username-password pair or user is disabled.';
const PATIENCE = { timeout: 10_000 };

const stops: (() => unknown)[] = [];
let folder: TemporaryFolder;

beforeEach(() => {
  folder = new TemporaryFolder();
  stops.push(() => folder.remove());
});

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function start(settings: readonly string[], workers = 1): Promise<Shards> {
  const shards = await Shards.start(2, settings, [`workers: ${workers}`]);
  stops.push(() => shards.stop());
  return shards;
}

async function come({ endpoint }: Shards, ...credentials: string[]): Promise<RawClient> {
  const client = await connectRaw(endpoint, { strings: true });
  stops.push(() => client.close());
  if (credentials.length > 0) expect(await client.command('AUTH', ...credentials)).toBe('OK');
  return client;
}

/** Replies to lines of words, errors as text. */
const say = async (client: RawClient, ...lines: string[]) =>
  (await client.pipeline(lines.map((line) => line.split(' ')))).map((reply) =>
    reply instanceof Error ? reply.message : reply,
  );

describe('users of a configuration', () => {
  const users = () => [
    'users:',
    `  ada: ["on", { file: ${folder.write('ada', 'one\n')} }, "~a*", "%R~shared:*", +@all, -@admin]`,
    '  reader: "on >two ~* +@read (~log:* +@list)"',
    '  default: "off"',
  ];

  test('reach their keys by their commands, and no others', async () => {
    const shards = await start(users());
    const ada = await come(shards, 'ada', 'one');
    expect(
      await say(ada, 'SET a1 x', 'SET b1 x', 'MGET a1 a2', 'MGET a1 b1', 'GET shared:1', 'SET shared:1 x'),
    ).toEqual(['OK', NO_KEY, ['x', null], NO_KEY, null, NO_KEY]);
    const reader = await come(shards, 'reader', 'two');
    expect(await say(reader, 'GET a1', 'DEL a1', 'RPUSH log:1 x', 'RPUSH a2 x')).toEqual([
      'x',
      NO_COMMAND('del'),
      1,
      NO_KEY,
    ]);
    const nobody = await come(shards);
    expect(await say(nobody, 'GET a1', 'AUTH two', 'AUTH ada two', 'AUTH nobody one')).toEqual([
      NO_AUTH,
      WRONG,
      WRONG,
      WRONG,
    ]);
  });

  test('are held to their rules within MULTI, and for the keys of scripts', async () => {
    const shards = await start(users());
    const ada = await come(shards, 'ada', 'one');
    expect(await say(ada, 'MULTI', 'SET a1 x', 'SET b1 x', 'EXEC', 'GET a1')).toEqual([
      'OK',
      'QUEUED',
      NO_KEY,
      ABORTED,
      null,
    ]);
    const script = "return redis.call('SET', KEYS[1], ARGV[1])";
    expect(await ada.command('EVAL', script, '1', 'a1', 'x')).toBe('OK');
    expect(await ada.command('EVAL', script, '1', 'b1', 'x')).toMatchObject({ message: NO_KEY });
    const reader = await come(shards, 'reader', 'two');
    expect(await reader.command('EVAL', 'return 1', '0')).toMatchObject({ message: NO_COMMAND('eval') });
  });

  test('may ask about themselves', async () => {
    const shards = await start(users());
    const ada = await come(shards, 'ada', 'one');
    expect(await say(ada, 'ACL WHOAMI', 'ACL LIST')).toEqual(['ada', NO_COMMAND('acl|list')]);
    const every = await start(['users: { root: "on >all ~* &* +@all" }']);
    const root = await come(every, 'root', 'all');
    const [list, user, categories, allowed, refused] = await say(
      root,
      'ACL LIST',
      'ACL GETUSER root',
      'ACL CAT',
      'ACL DRYRUN root GET x',
      'ACL DRYRUN default GET',
    );
    expect(list).toEqual(['user default on nopass ~* &* +@all', expect.stringMatching(/^user root on #/)]);
    expect(user).toContain('commands');
    expect(categories).toContain('scripting');
    expect(allowed).toBe('OK');
    expect(refused).toMatch(/wrong number of arguments/);
  });

  test('are whom ioredis says', async () => {
    const shards = await start(users());
    const { host, port } = shards.endpoint as { host: string; port: number };
    const redis = new Redis({ host, port, username: 'ada', password: 'one' });
    stops.push(() => redis.disconnect());
    expect(await redis.set('a1', 'x')).toBe('OK');
    await expect(redis.set('b1', 'x')).rejects.toThrow('NOPERM');
    expect(await redis.call('ACL', 'WHOAMI')).toBe('ada');
  });
});

describe.each([1, 2])('with %i workers', (workers) => {
  const told = ({ shardmux }: Shards, line: RegExp) =>
    shardmux.process.log.match(new RegExp(line, 'g'))?.length ?? 0;

  async function startWithFile(): Promise<Shards> {
    const path = folder.write('users.acl', 'user ada on >one ~a* +@all\nuser bob on >two ~* +@all\n');
    return start([`aclFile: ${path}`], workers);
  }

  test.each<[when: string, ask: (shards: Shards) => void]>([
    ['their file changes', () => {}],
    ['SIGHUP comes', ({ shardmux }) => shardmux.process.signal('SIGHUP')],
  ])('users are others when %s, for those who are in too', async (_, ask) => {
    const shards = await startWithFile();
    const adas = await Promise.all([1, 2, 3, 4].map(() => come(shards, 'ada', 'one')));
    const bobs = await Promise.all([1, 2, 3, 4].map(() => come(shards, 'bob', 'two')));
    folder.write('users.acl', 'user ada on >one ~b* +@all\nuser bob on >other ~* +@all\n');
    ask(shards);
    await vi.waitUntil(() => told(shards, /users and passwords were read anew/) >= workers, PATIENCE);
    for (const ada of adas) expect(await say(ada, 'SET a1 x', 'SET b1 x')).toEqual([NO_KEY, 'OK']);
    for (const bob of bobs) expect(await say(bob, 'GET a1')).toEqual([NO_AUTH]);
    await come(shards, 'bob', 'other');
  });

  test('a file that is wrong is refused by its line, and the users stay', async () => {
    const shards = await startWithFile();
    const ada = await come(shards, 'ada', 'one');
    const path = folder.write('users.acl', 'user ada on >one ~b* +@all\nuser bob on > +hunter2\n');
    const refused = `aclFile: the file ${path}: line 2: rule 3: Unknown command or category name in ACL`;
    await vi.waitUntil(
      () => told(shards, new RegExp(`stay as they were: .*${refused}`)) >= workers,
      PATIENCE,
    );
    expect(shards.shardmux.process.log).not.toContain('hunter2');
    expect(await say(ada, 'SET a1 x', 'SET b1 x', 'ACL LOAD')).toEqual([
      'OK',
      NO_KEY,
      `ERR pools.alpha.${refused}`,
    ]);
    folder.write('users.acl', 'user ada on >one ~b* +@all\n');
    expect(await say(ada, 'ACL LOAD', 'SET a1 x', 'SET b1 x')).toEqual(['OK', NO_KEY, 'OK']);
  });

  test('another password of the pool holds for clients and for links to come', async () => {
    const password = folder.write('password', 'old\n');
    const shards = await start(
      [`password: { file: ${password} }`, 'reconnect: { min: 10, max: 50 }'],
      workers,
    );
    const direct = await Promise.all(shards.servers.map(({ endpoint }) => connectRaw(endpoint)));
    const onServers = (...command: string[]) => Promise.all(direct.map((each) => each.command(...command)));
    stops.push(...direct.map((each) => () => each.close()));
    await onServers('CONFIG', 'SET', 'requirepass', 'old');
    await onServers('AUTH', 'old');
    const before = await come(shards, 'old');
    await vi.waitUntil(async () => (await say(before, 'SET a x'))[0] === 'OK', PATIENCE);
    await onServers('CONFIG', 'SET', 'requirepass', 'new');
    folder.write('password', 'new\n');
    await vi.waitUntil(() => told(shards, /users and passwords were read anew/) >= workers, PATIENCE);
    expect(await say(before, 'GET a')).toEqual(['NOAUTH Authentication required']);
    await onServers('CLIENT', 'KILL', 'TYPE', 'normal');
    const after = await come(shards, 'new');
    await vi.waitUntil(async () => (await say(after, 'GET a'))[0] === 'x', PATIENCE);
  });
});

test('commands are denied in any letter case, within MULTI, and to all; the list replaces the default', async () => {
  const shards = await start(['deny: [FlushAll, get, config]']);
  const client = await come(shards);
  expect(await say(client, 'flushALL', 'Get a', 'config GET x', 'Config set x y', 'SET a x')).toEqual([
    DENIED('flushall'),
    DENIED('get'),
    DENIED('config|get'),
    DENIED('config|set'),
    'OK',
  ]);
  expect(await say(client, 'MULTI', 'gEt a', 'EXEC')).toEqual(['OK', DENIED('get'), ABORTED]);
  expect(await say(client, 'DEBUG SLEEP 0')).toEqual([expect.stringContaining('concerns a single server')]);
  const others = await start([]);
  expect(await say(await come(others), 'DEBUG SLEEP 0', 'flushall')).toEqual([DENIED('debug'), 'OK']);
});
