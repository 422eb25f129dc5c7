import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { type IoredisOptions, ioredisPlugin } from '@shardmux/plugin-transport-ioredis';
import {
  CertificateAuthority,
  connectRaw,
  freePort,
  type RedisServer,
  startRedis,
  startRelay,
} from '@shardmux/testing';
import { AbstractConnector, Redis, type RedisOptions } from 'ioredis';
import { type CreateClientOptions, createClient } from 'shardmux';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { poolOf } from '../support/client.js';
import { runProgram } from '../support/program.js';
import { SentinelGroups } from '../support/sentinel.js';
import { Shardmux } from '../support/shardmux.js';
import { namedServers, poolFile } from '../support/shards.js';

/** What opens an application's connections by ioredis opens the links of a client and of a proxy. */
const cleanups: (() => unknown)[] = [];
const KEYS = Array.from({ length: 40 }, (_, i) => `key${i}`);
const ACL = ['--user', 'app', 'on', '>secret', '~*', '&*', '+@all', '--user', 'default', 'off'];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function kept<Part extends { stop(): unknown }>(part: Part): Part {
  cleanups.push(() => part.stop());
  return part;
}

type Address = Pick<RedisServer, 'host' | 'port'>;

function clientOf(servers: readonly Address[], options: IoredisOptions, others: CreateClientOptions = {}) {
  const plugins = [ioredisPlugin('app', options)];
  const client = createClient(poolOf(servers, { transport: 'app' }), { plugins, ...others });
  cleanups.push(() => client.disconnect());
  return client;
}

/** Asks a server itself, as its administrator. @param auth where it wants to know who asks. */
async function ask(server: RedisServer, auth: readonly string[], ...command: string[]): Promise<string> {
  const direct = await connectRaw(server.endpoint, { strings: true });
  try {
    if (auth.length > 0) await direct.command('AUTH', ...auth);
    return String(await direct.command(...command));
  } finally {
    await direct.close();
  }
}

async function startSecure(authority: CertificateAuthority): Promise<RedisServer> {
  const { cert, key } = authority.issue(['127.0.0.1']);
  const tls = { port: await freePort(), ca: authority.cert, cert, key, clientCertificates: true };
  return kept(await startRedis({ tls, args: ACL }));
}

const securePlace = ({ tlsEndpoint }: RedisServer): Address => tlsEndpoint as Address & typeof tlsEndpoint;
const AUTH = ['app', 'secret'];

describe('a client', () => {
  test('with TLS, a user, a database and a name, as ioredis itself has them', async () => {
    const authority = new CertificateAuthority();
    cleanups.push(() => authority.remove());
    const servers = [await startSecure(authority), await startSecure(authority)];
    const own = authority.issue();
    const options = {
      ...{ username: 'app', password: 'secret', db: 3, connectionName: 'my-app' },
      tls: { ca: readFileSync(authority.cert), cert: readFileSync(own.cert), key: readFileSync(own.key) },
    } satisfies RedisOptions;
    const client = clientOf(servers.map(securePlace), options);
    await client.mset(KEYS.flatMap((key) => [key, `value of ${key}`]));
    const sizes: number[] = [];
    for (const server of servers) {
      const links = await ask(server, AUTH, 'CLIENT', 'LIST');
      expect(links).toMatch(/ name=my-app .* db=3 .* user=app /);
      const redis = new Redis({ ...options, ...securePlace(server) });
      cleanups.push(() => redis.disconnect());
      const here = await redis.keys('*');
      expect(await redis.mget(here)).toEqual(here.map((key) => `value of ${key}`));
      sizes.push(here.length);
    }
    expect(sizes[0] + sizes[1]).toBe(KEYS.length);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
    expect(await client.multi().set('{a}1', 'x').get('{a}1').exec()).toEqual([
      [null, 'OK'],
      [null, 'x'],
    ]);
  });

  test('with a password alone, over a name of one family', async () => {
    const server = kept(await startRedis({ password: 'pass word' }));
    const client = clientOf([{ host: 'localhost', port: server.port }], { password: 'pass word', family: 4 });
    expect(await client.set('a', '1')).toBe('OK');
  });

  test('a user who may not name its connection serves all the same', async () => {
    const server = kept(
      await startRedis({ args: [...ACL, '--user', 'mute', 'on', 'nopass', '~*', '+@all', '-client'] }),
    );
    const client = clientOf([server], { username: 'mute', connectionName: 'my-app' });
    expect(await client.set('a', '1')).toBe('OK');
    expect(await ask(server, AUTH, 'CLIENT', 'LIST')).toMatch(/ name= .* user=mute /);
  });

  test('whose user is refused says so, and retryStrategy when to give up', async () => {
    const server = kept(await startRedis({ args: ACL }));
    const warnings: string[] = [];
    const logger = { error() {}, info() {}, debug() {}, warn: (text: string) => void warnings.push(text) };
    const retryStrategy = vi.fn((times: number) => (times < 3 ? 1 : null));
    const options: RedisOptions = { username: 'app', password: 'wrong', retryStrategy };
    const client = clientOf([server], options, { logger });
    await expect(client.get('a')).rejects.toMatchObject({ code: 'SHARDMUX_UNREACHABLE' });
    expect(retryStrategy.mock.calls).toEqual([[1], [2], [3]]);
    expect(warnings[0]).toContain('the server refused the handshake: -WRONGPASS');
  });

  test('that does not trust the server is told which option to set', async () => {
    const authority = new CertificateAuthority();
    cleanups.push(() => authority.remove());
    const server = await startSecure(authority);
    const warnings: string[] = [];
    const logger = { error() {}, info() {}, debug() {}, warn: (text: string) => void warnings.push(text) };
    const client = clientOf([securePlace(server)], { tls: {}, retryStrategy: null }, { logger });
    await expect(client.get('a')).rejects.toMatchObject({ code: 'SHARDMUX_UNREACHABLE' });
    expect(warnings[0]).toContain('set the option tls.ca to');
  });

  test('with a connector of its own: each link has one, and a lost link gets another', async () => {
    const server = kept(await startRedis());
    const relay = kept(await startRelay(server.endpoint));
    const made: string[] = [];
    class Tunnel extends AbstractConnector {
      constructor({ host, port, disconnectTimeout = 0 }: RedisOptions) {
        super(disconnectTimeout);
        made.push(`${host}:${port}`);
      }
      async connect(): Promise<Socket> {
        const { host, port } = relay;
        this.stream = connect(port, host);
        return this.stream;
      }
    }
    const options = { Connector: Tunnel, retryStrategy: () => 1 };
    const client = clientOf([{ host: 'behind.example', port: 7 }], options);
    expect(await client.set('a', '1')).toBe('OK');
    expect(made).toEqual(['behind.example:7']);
    relay.cut('reset');
    await vi.waitUntil(() => made.length > 1, 10_000);
    expect(await client.get('a')).toBe('1');
  });

  test('of an object that has a function is refused: JSON would drop it', () => {
    const transport = { use: 'ioredis', retryStrategy: () => 1 };
    expect(() => createClient(poolOf([], { transport }))).toThrow(
      expect.objectContaining({
        code: 'SHARDMUX_CONFIG_FUNCTION',
        message: expect.stringContaining('"retryStrategy"'),
      }),
    );
  });
});

const LOADS = `
  import { createRequire } from 'node:module';
  import { createClient } from 'shardmux';

  const { cache } = createRequire(process.cwd() + '/any.js');
  const isLoaded = () => Object.keys(cache).some((file) => file.includes('/node_modules/ioredis/'));
  const connect = (transport) =>
    createClient({ pools: { main: { transport, servers: ['127.0.0.1:1:1'] } } }, { lazyConnect: true }).disconnect();
  connect('tcp');
  const before = isLoaded();
  connect('ioredis');
  process.stdout.write(before + ' ' + isLoaded());
`;

/** Has the Sentinel fail over while both servers live on; ends by itself, or is killed. */
const FAILS_OVER = `
  import { Redis } from 'ioredis';
  import { createClient } from 'shardmux';
  import { ioredisPlugin } from '@shardmux/plugin-transport-ioredis';

  const { port } = JSON.parse(process.argv[1]);
  const sentinels = [{ host: '127.0.0.1', port }];
  const client = createClient(
    { pools: { main: { transport: 'app', servers: ['group0:1:1'] } } },
    { plugins: [ioredisPlugin('app', { sentinels, failoverDetector: true, retryStrategy: () => 20 })] },
  );
  const before = await client.set('a', '1');
  const lost = new Promise((resolve) => client.once('close', resolve));
  const sentinel = new Redis(port, '127.0.0.1');
  await sentinel.sentinel('FAILOVER', 'group0');
  await lost;
  sentinel.disconnect();
  let after;
  while ((after = await client.set('a', '2').catch(() => null)) !== 'OK');
  process.stdout.write(before + ' ' + after);
  await client.quit();
`;

test('ioredis is loaded by those who use it', async () => {
  const result = await runProgram(LOADS, null);
  expect(result).toEqual({ code: 0, signal: null, stdout: 'false true', stderr: '' });
});

describe('with a real Sentinel', { timeout: 60_000 }, () => {
  test('links go to the primary of each group, and after a failover to the new one', async () => {
    const sentinel = kept(await SentinelGroups.start(2));
    const places = [0, 1].map((i) => ({ host: `group${i}`, port: 1 }));
    const sentinels = [{ host: '127.0.0.1', port: sentinel.port }];
    const client = clientOf(
      places,
      { sentinels, retryStrategy: () => 50 },
      { maxRetriesPerRequest: null, commandTimeout: 0 },
    );
    await client.mset(KEYS.flatMap((key) => [key, '1']));
    const sizes = await Promise.all(sentinel.groups.map(([primary]) => ask(primary, [], 'DBSIZE')));
    expect(Number(sizes[0]) + Number(sizes[1])).toBe(KEYS.length);
    const [primary, replica] = sentinel.groups[0];
    await vi.waitUntil(async () => (await ask(replica, [], 'DBSIZE')) === sizes[0], { timeout: 10_000 });
    await primary.kill();
    expect(await client.mget(KEYS)).toEqual(KEYS.map(() => '1'));
    expect(await sentinel.primaryOf(0)).toBe(replica.port);
    expect(await client.mset(KEYS.flatMap((key) => [key, '2']))).toBe('OK');
  });

  test('after a failover links go to the new primary, and after the end nothing keeps the process', async () => {
    const sentinel = kept(await SentinelGroups.start(1));
    const result = await runProgram(FAILS_OVER, { port: sentinel.port });
    expect(result).toEqual({ code: 0, signal: null, stdout: 'OK OK', stderr: '' });
    expect(await sentinel.primaryOf(0)).toBe(sentinel.groups[0][1].port);
    expect(await ask(sentinel.groups[0][1], [], 'GET', 'a')).toBe('2');
  });

  test('a group by its name; one that there is not is an error that says so', async () => {
    const sentinel = kept(await SentinelGroups.start(1));
    const sentinels = [{ host: '127.0.0.1', port: sentinel.port }];
    const known = clientOf([{ host: 'any', port: 1 }], { sentinels, name: 'group0' });
    expect(await known.set('a', '1')).toBe('OK');
    expect(await ask(sentinel.groups[0][0], [], 'DBSIZE')).toBe('1');
    const warnings: string[] = [];
    const logger = { error() {}, info() {}, debug() {}, warn: (text: string) => void warnings.push(text) };
    const options = { sentinels, name: 'nobody', sentinelRetryStrategy: () => null, retryStrategy: null };
    const unknown = clientOf([{ host: 'any', port: 1 }], options, { logger });
    await expect(unknown.get('a')).rejects.toMatchObject({ code: 'SHARDMUX_UNREACHABLE' });
    expect(warnings[0]).toMatch(/the connector failed: All sentinels are unreachable/);
  });
});

describe('a proxy, by its configuration', () => {
  test.each([1, 2])('of %i workers: TLS, a user, a database and a name', async (workers) => {
    const authority = new CertificateAuthority();
    cleanups.push(() => authority.remove());
    const servers = [await startSecure(authority), await startSecure(authority)];
    const own = authority.issue();
    const yaml = await poolFile(
      namedServers(servers.map(securePlace)),
      [
        'password: for clients',
        'transport:',
        '  use: ioredis',
        `  tls: { ca: ${authority.cert}, cert: ${own.cert}, key: ${own.key} }`,
        '  username: app',
        '  password: secret',
        '  db: 3',
        '  connectionName: my-proxy',
      ],
      [`workers: ${workers}`],
    );
    const proxy = kept(await Shardmux.start(yaml));
    const client = await connectRaw(proxy.endpoints[0], { strings: true });
    cleanups.push(() => client.close());
    expect(await client.command('AUTH', 'for clients')).toBe('OK');
    expect(await client.command('MSET', ...KEYS.flatMap((key) => [key, '1']))).toBe('OK');
    for (const server of servers) {
      expect(await ask(server, AUTH, 'CLIENT', 'LIST')).toMatch(/ name=my-proxy .* db=3 .* user=app /);
    }
  });

  test('with a Sentinel', { timeout: 60_000 }, async () => {
    const sentinel = kept(await SentinelGroups.start(1));
    const sentinels = `transport: { use: ioredis, sentinels: [{ host: 127.0.0.1, port: ${sentinel.port} }] }`;
    const proxy = kept(await Shardmux.start(await poolFile(['group0:1:1'], [sentinels])));
    const client = await connectRaw(proxy.endpoints[0], { strings: true });
    cleanups.push(() => client.close());
    expect(await client.command('SET', 'a', '1')).toBe('OK');
    expect(await ask(sentinel.groups[0][0], [], 'GET', 'a')).toBe('1');
  });

  test('an option that there is not is named, with its place', async () => {
    const yaml = await poolFile(
      ['127.0.0.1:1:1'],
      ['transport: { use: ioredis, host: redis.example, tls: { cafile: a } }'],
    );
    const error = await Shardmux.start(yaml).then(kept, (failure: Error) => failure);
    expect(String(error)).toMatch(
      /config\.yml:5:\d+: pools\.alpha\.transport\.host: found .*: must be left out: where servers are, the pool says/,
    );
    expect(String(error)).toMatch(/pools\.alpha\.transport\.tls\.cafile: found "a": must be left out/);
  });
});
