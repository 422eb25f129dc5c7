import { statSync } from 'node:fs';
import {
  connectRaw,
  freePort,
  type RawClient,
  type RedisOptions,
  type RedisServer,
  startRedis,
  TemporaryFolder,
} from '@shardmux/testing';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Shardmux } from '../support/shardmux.js';
import { readStats } from '../support/stats.js';
import { serverLine, twemproxyFile } from '../support/twemproxy-file.js';

const PASSWORD = 'correct horse';
const KEYS = Array.from({ length: 40 }, (_, i) => `key${i}`);
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function redis(options: RedisOptions = {}): Promise<RedisServer> {
  const server = await startRedis(options);
  cleanups.push(() => server.stop());
  return server;
}

async function proxy(...pools: string[]): Promise<Shardmux> {
  return serve(['pools:', ...pools, ''].join('\n'));
}

async function serve(yaml: string): Promise<Shardmux> {
  const shardmux = await Shardmux.start(yaml);
  cleanups.push(() => shardmux.stop());
  return shardmux;
}

/** The lines of one pool. @param servers as they stand in the file, quotes included. */
function pool(name: string, listen: string, servers: readonly string[], settings: readonly string[] = []) {
  return [
    `  ${name}:`,
    `    listen: ${listen}`,
    '    hash: murmur',
    ...settings.map((line) => `    ${line}`),
    '    servers:',
    ...servers.map((server) => `      - ${server}`),
  ].join('\n');
}

const anyPort = async () => `127.0.0.1:${await freePort()}`;

/** Asks a Redis itself, past the proxy. */
async function ask(server: RedisServer, ...commands: string[][]): Promise<string[]> {
  const client = await connectRaw(server.unixEndpoint ?? server.endpoint);
  const replies = await client.pipeline(commands);
  await client.close();
  return replies.map(String);
}

/** How many connections a Redis has besides those that ask. @param auth what must be sent before it tells. */
async function connectionsTo(server: RedisServer, ...auth: string[][]): Promise<number> {
  const list = (await ask(server, ...auth, ['CLIENT', 'SETNAME', 'asker'], ['CLIENT', 'LIST'])).at(-1)!;
  return list
    .trim()
    .split('\n')
    .filter((line) => !line.includes(' name=asker ')).length;
}

async function writesAndReads(client: RawClient): Promise<void> {
  expect(String(await client.command('MSET', ...KEYS.flatMap((key) => [key, `of ${key}`])))).toBe('OK');
  expect(String(await client.command('MGET', ...KEYS))).toBe(KEYS.map((key) => `of ${key}`).join());
}

describe('a password', () => {
  test('is asked of clients and given to servers', async () => {
    const servers = [await redis({ password: PASSWORD }), await redis({ password: PASSWORD })];
    const { endpoints } = await proxy(
      pool(
        'alpha',
        await anyPort(),
        servers.map((server) => serverLine(server)),
        [`password: ${PASSWORD}`],
      ),
    );
    const client = await connectRaw(endpoints[0]);
    const replyTo = async (...command: string[]) => (await client.commandRaw(...command)).toString();
    expect(await replyTo('SET', 'a', '1')).toBe('-NOAUTH Authentication required\r\n');
    expect(await replyTo('AUTH', 'wrong')).toBe('-ERR invalid password\r\n');
    expect(await replyTo('GET', 'a')).toBe('-NOAUTH Authentication required\r\n');
    expect(await replyTo('AUTH', PASSWORD)).toBe('+OK\r\n');
    expect(await replyTo('GET', 'a')).toBe('$-1\r\n');
    await writesAndReads(client);
    for (const server of servers) {
      expect((await ask(server, ['DBSIZE']))[0]).toContain('NOAUTH');
      expect(Number((await ask(server, ['AUTH', PASSWORD], ['DBSIZE'])).at(-1))).toBeGreaterThan(0);
    }
    expect(await replyTo('AUTH', 'wrong')).toBe('-ERR invalid password\r\n');
    expect(await replyTo('GET', 'a')).toBe('-NOAUTH Authentication required\r\n');
  });

  test('is one client’s affair, and holds from the next command of a pipeline on', async () => {
    const server = await redis({ password: PASSWORD });
    const { endpoints } = await proxy(
      pool('alpha', await anyPort(), [serverLine(server)], [`password: ${PASSWORD}`]),
    );
    const [first, second] = await Promise.all([connectRaw(endpoints[0]), connectRaw(endpoints[0])]);
    const commands = [
      ['SET', 'a', '1'],
      ['AUTH', PASSWORD],
      ['SET', 'a', '2'],
      ['AUTH', 'wrong'],
      ['SET', 'a', '3'],
      ['AUTH', PASSWORD],
      ['GET', 'a'],
    ];
    const noAuth = 'Error: NOAUTH Authentication required';
    const replies = (await first.pipeline(commands)).map((reply) =>
      String(reply).replace('ReplyError', 'Error'),
    );
    expect(replies).toEqual([noAuth, 'OK', 'OK', 'Error: ERR invalid password', noAuth, 'OK', '2']);
    expect(String(await second.command('GET', 'a'))).toContain('NOAUTH');
  });

  test('that the server does not take is answered by an error, and the client stays', async () => {
    const server = await redis({ password: 'another' });
    const { endpoints } = await proxy(
      pool('alpha', await anyPort(), [serverLine(server)], [`password: ${PASSWORD}`]),
    );
    const client = await connectRaw(endpoints[0]);
    expect(String(await client.command('AUTH', PASSWORD))).toBe('OK');
    expect(String(await client.command('GET', 'a'))).toMatch(/ERR Connection refused$/);
    expect(String(await client.command('PING'))).toBe('PONG');
  });
});

test('database: keys land there, on every server', async () => {
  const servers = [await redis(), await redis()];
  const { endpoints } = await proxy(
    pool(
      'alpha',
      await anyPort(),
      servers.map((server) => serverLine(server)),
      ['database: 3'],
    ),
  );
  await writesAndReads(await connectRaw(endpoints[0]));
  let held = 0;
  for (const server of servers) {
    const [inFirst, , inFourth] = await ask(server, ['DBSIZE'], ['SELECT', '3'], ['DBSIZE']);
    expect(Number(inFirst)).toBe(0);
    expect(Number(inFourth)).toBeGreaterThan(0);
    held += Number(inFourth);
  }
  expect(held).toBe(KEYS.length);
});

test('unix sockets on both sides', async () => {
  // No TCP at all, so that nothing can come another way.
  const servers = [
    await redis({ unixSocket: true, args: ['--port', '0'] }),
    await redis({ unixSocket: true, args: ['--port', '0'] }),
  ];
  const [one, two] = servers.map(({ unixEndpoint }) =>
    unixEndpoint?.kind === 'unix' ? unixEndpoint.path : '',
  );
  const folder = new TemporaryFolder();
  cleanups.push(() => folder.remove());
  const path = `${folder.path}/alpha.sock`;
  const { endpoints } = await proxy(
    pool('alpha', `"${path} 0620"`, [`${one}:1 one`, `{ path: ${two}, name: two }`]),
  );
  expect(endpoints).toEqual([{ kind: 'unix', path }]);
  // Whoever can connect finds the mode set: there is no moment in which the socket is open to others.
  expect((statSync(path).mode & 0o777).toString(8)).toBe('620');
  await writesAndReads(await connectRaw(endpoints[0]));
  for (const server of servers) expect(Number((await ask(server, ['DBSIZE']))[0])).toBeGreaterThan(0);
});

test('IPv6 on both sides', async () => {
  const servers = [await redis({ host: '::1' }), await redis({ host: '::1' })];
  const [one, two] = servers;
  const { endpoints } = await proxy(
    pool('alpha', `"[::1]:${await freePort('::1')}"`, [
      `"[::1]:${one.port}:1 one"`,
      `{ host: "::1", port: ${two.port}, weight: 1, name: two }`,
    ]),
  );
  const client = await connectRaw(endpoints[0]);
  expect(client.socket.remoteFamily).toBe('IPv6');
  await writesAndReads(client);
  for (const server of servers) expect(Number((await ask(server, ['DBSIZE']))[0])).toBeGreaterThan(0);
});

test('serverConnections: clients share them, and each keeps to one', async () => {
  const server = await redis();
  const { endpoints } = await proxy(
    pool('alpha', await anyPort(), [serverLine(server)], ['serverConnections: 3']),
  );
  const clients: RawClient[] = [];
  for (let i = 0; i < 6; i++) clients.push(await connectRaw(endpoints[0]));
  const counts = Array.from({ length: 2_000 }, (_, i) => i + 1);
  // A client whose requests went over several connections would see its counter jump back and forth.
  const seen = await Promise.all(
    clients.map((client, i) => client.pipeline(counts.map(() => ['INCR', `counter${i}`]))),
  );
  for (const replies of seen) expect(replies).toEqual(counts);
  expect(await connectionsTo(server)).toBe(3);
});

test('preconnect: servers are connected to before a request, and one that is down keeps nothing from starting', async () => {
  const [up, down] = [await redis(), await redis()];
  await down.kill();
  const shardmux = await proxy(
    pool(
      'alpha',
      await anyPort(),
      [serverLine(up), serverLine(down)],
      ['preconnect: true', 'reconnect: { min: 20, max: 100 }'],
    ),
  );
  const row = { requests: 0, server_connections: 1 };
  await vi.waitFor(async () => {
    const { document } = await readStats(shardmux.statsPort);
    expect(document).toMatchObject({ alpha: { [`127.0.0.1:${up.port}`]: row } });
  }, 10_000);
  expect(await connectionsTo(up)).toBe(1);

  const client = await connectRaw(shardmux.endpoints[0]);
  const setAll = async () => (await client.pipeline(KEYS.map((key) => ['SET', key, 'x']))).map(String);
  const replies = await setAll();
  const refused = KEYS.filter((_, i) => /ERR Connection refused$/.test(replies[i]));
  expect(replies.filter((reply) => reply === 'OK')).toHaveLength(KEYS.length - refused.length);
  expect(Number((await ask(up, ['DBSIZE']))[0])).toBe(KEYS.length - refused.length);

  await down.restart();
  await vi.waitUntil(async () => (await setAll()).every((reply) => reply === 'OK'), { timeout: 3_000 });
  const held = (await ask(down, ['KEYS', '*']))[0].split(',').sort();
  expect(held).toEqual(refused.sort());
});

test('two pools in one file share nothing', async () => {
  const [one, two] = [await redis(), await redis()];
  const shardmux = await proxy(
    pool('alpha', await anyPort(), [serverLine(one)]),
    pool('beta', await anyPort(), [serverLine(two)], ['database: 1']),
  );
  const [alpha, beta] = await Promise.all(shardmux.endpoints.map((endpoint) => connectRaw(endpoint)));
  await Promise.all([alpha.command('SET', 'a', 'of alpha'), beta.command('SET', 'a', 'of beta')]);
  expect(String(await alpha.command('GET', 'a'))).toBe('of alpha');
  expect(String(await beta.command('GET', 'a'))).toBe('of beta');
  expect((await ask(one, ['GET', 'a']))[0]).toBe('of alpha');
  expect((await ask(two, ['SELECT', '1'], ['GET', 'a']))[1]).toBe('of beta');

  await one.kill();
  await vi.waitUntil(async () => /ERR/.test(String(await alpha.command('GET', 'a'))), 10_000);
  expect(String(await beta.command('GET', 'a'))).toBe('of beta');
});

test('a Twemproxy file with redis_auth, redis_db, client_connections and server_connections', async () => {
  const server = await redis({ password: PASSWORD });
  const settings = { redis_auth: PASSWORD, redis_db: 2, client_connections: 4, server_connections: 2 };
  const shardmux = await serve(
    twemproxyFile([{ name: 'alpha', port: await freePort(), settings, servers: [serverLine(server)] }]),
  );
  const [endpoint] = shardmux.endpoints;
  // The connection that found out whether it listens may still count.
  await vi.waitFor(async () => {
    const { document } = await readStats(shardmux.statsPort);
    expect(document).toMatchObject({ alpha: { client_connections: 0 } });
  }, 10_000);

  const clients: RawClient[] = [];
  for (let i = 0; i < 4; i++) {
    clients.push(await connectRaw(endpoint));
    expect(String(await clients[i].command('SET', 'a', '1'))).toContain('NOAUTH');
    expect(String(await clients[i].command('AUTH', PASSWORD))).toBe('OK');
    expect(String(await clients[i].command('SET', `key${i}`, '1'))).toBe('OK');
  }
  expect(await connectionsTo(server, ['AUTH', PASSWORD])).toBe(2);
  expect((await ask(server, ['AUTH', PASSWORD], ['SELECT', '2'], ['DBSIZE'])).at(-1)).toBe('4');
  expect((await ask(server, ['AUTH', PASSWORD], ['DBSIZE'])).at(-1)).toBe('0');

  const fifth = await connectRaw(endpoint);
  expect((await fifth.readRaw()).toString()).toBe('-ERR max number of clients reached\r\n');
  await fifth.closed;
  await clients[0].close();
  await vi.waitUntil(async () => {
    const next = await connectRaw(endpoint);
    const reply = String(await next.command('AUTH', PASSWORD).catch(() => 'closed'));
    await next.close();
    return reply === 'OK';
  }, 10_000);
});
