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

/** Resolves when it serves. */
async function startProxy(): Promise<Proxy> {
  const port = await freePort();
  const pool = {
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
  const list = proxies.map(({ port }) => `127.0.0.1:${port}`);
  for (let i = 0; i < 6; i++) await connect({ proxies: list });
  expect(await counts()).toEqual([3, 3]);
  const [one, other] = clients;
  await one.mset('a', 1, 'b', 2, 'c', 3, 'd', 4);
  expect(await other.mget('a', 'b', 'c', 'd')).toEqual(['1', '2', '3', '4']);
  expect(await other.dbsize()).toBe(4);
});

test('a proxy that is killed: its clients go to another, and lose at most what was under way', async () => {
  const victim = await startProxy();
  await startProxy();
  const list = proxies.map(({ port }) => `127.0.0.1:${port}`);
  for (let i = 0; i < 6; i++) await connect({ proxies: list });
  const end = load();
  process.kill(victim.process.pid, 'SIGKILL');
  await victim.process.exited;
  await expect.poll(() => clientsOf(proxies[1])).toBe(6);
  await clients[0].set('after', 'all');
  const errors = await end();
  expect(errors.filter((met) => met.length === 0).length).toBeGreaterThanOrEqual(3);
  for (const met of errors) expect(met.length).toBeLessThanOrEqual(1);
});

test('a proxy that is frozen: its clients go to another when it has not answered in time', async () => {
  const frozen = await startProxy();
  await startProxy();
  const list = proxies.map(({ port }) => `127.0.0.1:${port}`);
  for (let i = 0; i < 4; i++) await connect({ proxies: list, timeout: 2_000 });
  frozen.process.freeze();
  const end = load();
  await expect.poll(() => clientsOf(proxies[1]), { timeout: 15_000 }).toBe(4);
  for (const client of clients) await client.set('after', 'all');
  for (const met of await end()) expect(met.length).toBeLessThanOrEqual(1);
});

test('registered proxies are found; one that drains sends its clients away before, and they notice nothing', async () => {
  const first = await startProxy();
  const source = { proxies: { coordination: coordination(), pool: 'alpha' } };
  for (let i = 0; i < 4; i++) await connect(source);
  expect(await counts()).toEqual([4]);
  await startProxy();
  await expect.poll(async () => (await etcd.call('kv/range', ALL)) as object).toMatchObject({ count: '2' });
  await connect(source);
  const end = load();
  process.kill(first.process.pid, 'SIGTERM');
  expect(await first.process.exited).toEqual({ code: 0, signal: null });
  expect(await clientsOf(proxies[1])).toBe(5);
  await etcd.kill();
  await Promise.all(clients.map((client, i) => client.set(`late${i}`, i)));
  expect(await end()).toEqual([[], [], [], [], []]);
});

const ALL = { key: btoa('shardmux/proxies/'), range_end: btoa('shardmux/proxies0') };

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
