import { ConfigError } from '@shardmux/plugin-api';
import {
  connectRaw,
  type EtcdServer,
  freePort,
  type RedisServer,
  ServerProcess,
  startEtcd,
  startRedis,
  TemporaryFolder,
} from '@shardmux/testing';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { createClient } from '../../src/client/create-client.js';
import { BINARY } from '../support/run-command.js';

type Client = ReturnType<typeof createClient>;

interface Proxy {
  readonly port: number;
  readonly process: ServerProcess;
}

const folder = new TemporaryFolder();
let servers: RedisServer[];
let etcd: EtcdServer;
let proxies: Proxy[] = [];
let clients: Client[] = [];

beforeEach(async () => {
  [etcd, ...servers] = await Promise.all([startEtcd(), startRedis(), startRedis()]);
});

afterEach(async () => {
  for (const client of clients) client.disconnect();
  await Promise.all(proxies.map(({ process }) => process.stop()));
  [proxies, clients] = [[], []];
  await Promise.all([etcd, ...servers].map((server) => server.stop()));
});

afterAll(() => folder.remove());

const coordination = () => ({ use: 'etcd', endpoints: [etcd.url] });

interface ProxySettings {
  readonly port?: number;
  readonly zone?: string;
}

/** Resolves when it serves. */
async function startProxy(settings: ProxySettings = {}): Promise<Proxy> {
  const { port = await freePort(), zone = null } = settings;
  const pool = {
    zone,
    listen: `127.0.0.1:${port}`,
    coordination: coordination(),
    register: {},
    password: 'secret',
    servers: servers.map(({ host, port: at }, i) => `${host}:${at}:1 server${i}`),
  };
  for (const { endpoint } of servers) {
    const direct = await connectRaw(endpoint).catch(() => null);
    await direct?.command('CONFIG', 'SET', 'requirepass', 'secret');
    await direct?.close();
  }
  const file = folder.write(
    `${port}.yml`,
    JSON.stringify({ stats: { listen: null }, drainDelay: 1_000, pools: { alpha: pool } }),
  );
  const process = await ServerProcess.start(globalThis.process.execPath, [BINARY, 'proxy', '-c', file]);
  const proxy = { port, process };
  proxies.push(proxy);
  await process.ready(async () => process.log.includes('is registered as'), 20_000);
  return proxy;
}

async function connect(source: object): Promise<Client> {
  const client = createClient({ ...source, password: 'secret' }, { lazyConnect: true });
  clients.push(client);
  await client.connect();
  return client;
}

async function connectMany(count: number, source: object): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => connect(source)));
}

const listed = () => ({ proxies: proxies.map(({ port }) => `127.0.0.1:${port}`) });
const registered = () => ({ proxies: { coordination: coordination(), pool: 'alpha' } });

/** How many clients a proxy has, but for the one that asks. */
async function clientsOf({ port }: Proxy): Promise<number> {
  const raw = await connectRaw({ kind: 'tcp', host: '127.0.0.1', port });
  await raw.command('AUTH', 'secret');
  const list = String(await raw.command('CLIENT', 'LIST'));
  await raw.close();
  return list.match(/^id=/gm)!.length - 1;
}

const counts = () => Promise.all(proxies.map(clientsOf));

/** Writes and reads by every client until told to stop; gives what went wrong for each. */
function load(): () => Promise<string[][]> {
  let isOver = false;
  const errors = clients.map(async (client, i) => {
    const met: string[] = [];
    for (let n = 0; !isOver && client.status !== 'end'; n++) {
      try {
        await client.set(`key${i}`, n);
        const value = await client.get(`key${i}`);
        if (value !== String(n)) met.push(`${value} instead of ${n}`);
      } catch (error) {
        met.push(String(error));
      }
    }
    return met;
  });
  return () => {
    isOver = true;
    return Promise.all(errors);
  };
}

test('clients are spread over the proxies of a list, and see the keys of all servers', async () => {
  await startProxy();
  await startProxy();
  await connectMany(20, listed());
  const [first, second] = await counts();
  expect(first + second).toBe(20);
  expect(Math.min(first, second)).toBeGreaterThan(0);
  const [one, other] = clients;
  await one.mset('a', 1, 'b', 2, 'c', 3, 'd', 4);
  expect(await other.mget('a', 'b', 'c', 'd')).toEqual(['1', '2', '3', '4']);
  expect(await other.dbsize()).toBe(4);
});

test('a proxy that is killed: its clients go to another, lose at most what was under way, and come back', async () => {
  const victim = await startProxy();
  await startProxy();
  await connectMany(20, listed());
  const before = await counts();
  const end = load();
  process.kill(victim.process.pid, 'SIGKILL');
  await victim.process.exited;
  await expect.poll(() => clientsOf(proxies[1])).toBe(20);
  await clients[0].set('after', 'all');
  const errors = await end();
  expect(errors.filter((met) => met.length === 0).length).toBeGreaterThanOrEqual(before[1]);
  for (const met of errors) expect(met.length).toBeLessThanOrEqual(1);

  const endReturn = load();
  proxies.shift();
  await startProxy({ port: victim.port });
  await expect
    .poll(() => Promise.all(proxies.map(clientsOf)), { timeout: 10_000 })
    .toEqual(before.toReversed());
  expect((await endReturn()).flat()).toEqual([]);
});

test('a proxy that is frozen: its clients go to another when it has not answered in time, and stay there', async () => {
  const frozen = await startProxy();
  await startProxy();
  await connectMany(10, { ...listed(), timeout: 2_000 });
  frozen.process.freeze();
  const end = load();
  await expect.poll(() => clientsOf(proxies[1]), { timeout: 15_000 }).toBe(10);
  for (const client of clients) await client.set('after', 'all');
  // For as long as it takes to look whether it lives.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect(await clientsOf(proxies[1])).toBe(10);
  for (const met of await end()) expect(met.length).toBeLessThanOrEqual(1);
});

test('registered proxies are found; one that drains sends its clients away before, and they notice nothing', async () => {
  const first = await startProxy();
  await connectMany(10, registered());
  expect(await counts()).toEqual([10]);
  await startProxy();
  const end = load();
  process.kill(first.process.pid, 'SIGTERM');
  expect(await first.process.exited).toEqual({ code: 0, signal: null });
  expect(await clientsOf(proxies[1])).toBe(10);
  await etcd.kill();
  await Promise.all(clients.map((client, i) => client.set(`late${i}`, i)));
  expect((await end()).flat()).toEqual([]);
});

test('a proxy that comes takes its share of the clients over, whatever they have under way', async () => {
  await startProxy();
  await connectMany(20, registered());
  const all = [...clients];
  const end = load();
  const popping = all.map((client, i) => client.blpop(`list${i}`, 0));
  await startProxy();
  await expect.poll(async () => Math.min(...(await counts())), { timeout: 10_000 }).toBeGreaterThan(0);
  for (const i of all.keys()) await all[0].rpush(`list${i}`, i);
  expect(await Promise.all(popping)).toEqual(all.map((_, i) => [`list${i}`, String(i)]));
  expect((await end()).flat()).toEqual([]);
});

test('calls that take long are answered once, wherever their clients turn meanwhile', async () => {
  await startProxy();
  await startProxy();
  await connectMany(10, listed());
  await clients[0].del('count');
  for (const server of servers) server.freeze();
  const counting = clients.map((client) => client.incr('count'));
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  for (const server of servers) server.thaw();
  expect((await Promise.all(counting)).toSorted((a, b) => a - b)).toEqual(clients.map((_, i) => i + 1));
});

test('clients ask proxies of their zone as long as there are any', async () => {
  for (const zone of ['a', 'b', 'c']) await startProxy({ zone });
  await connectMany(10, { ...registered(), zone: 'c' });
  expect(await counts()).toEqual([0, 0, 10]);
  const end = load();
  const { process: near } = proxies.pop()!;
  process.kill(near.pid, 'SIGTERM');
  await near.exited;
  const [a, b] = await counts();
  expect(a + b).toBe(10);
  await startProxy({ zone: 'c' });
  await expect.poll(counts, { timeout: 10_000 }).toEqual([0, 0, 10]);
  expect((await end()).flat()).toEqual([]);
});

test('where no proxy is registered, that is what is said', async () => {
  const connecting = connect({ proxies: { coordination: coordination(), pool: 'beta' } });
  await expect(connecting).rejects.toThrow(/no proxy of this pool is registered/);
});

test.each(
  [[], ['one'], 'one:1', {}, { pool: 'alpha' }, { coordination: 'embedded' }].map((proxies) => [proxies]),
)('proxies: %j is refused', (proxies) => {
  expect(() => createClient({ proxies })).toThrow(ConfigError);
  expect(() => createClient({ proxies })).toThrow(
    /proxies: found .*: must be a list of host:port, or \{ coordination: \{ use: … \}, pool: NAME \}/,
  );
});
