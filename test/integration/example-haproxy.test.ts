import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ServerProcess } from '@shardmux/testing';
import { afterEach, expect, test, vi } from 'vitest';
import { ask, EXAMPLES, interrupt, startExample } from '../support/example.js';
import { LANES, PlainClient } from '../support/plain-client.js';

const FOLDER = join(EXAMPLES, 'haproxy');
const PORT = 22_200;
const STATS_PORT = 22_209;
const CLIENTS = 12;
/** What ioredis says of a command that was under way on a connection that is no more. */
const LOST =
  'Reached the max retries per request limit (which is 0). Refer to "maxRetriesPerRequest" option for details.';

let example: ServerProcess | undefined;
let restarted: ServerProcess | undefined;
let clients: PlainClient[] = [];

afterEach(async () => {
  for (const client of clients) client.abandon();
  await restarted?.stop();
  await example?.stop();
});

interface ServerSeen {
  readonly status: string;
  readonly sessions: number;
  /** Connections that it refused, and that it was asked for again, or the other one instead. */
  readonly retries: number;
  readonly redispatches: number;
}

/** Both proxies, as HAProxy sees them. */
async function serversSeen(): Promise<ServerSeen[]> {
  const socket = connect(STATS_PORT, '127.0.0.1');
  await once(socket, 'connect');
  socket.write('show stat\n');
  const [head, ...rows] = (await text(socket)).trim().split('\n');
  const columns = head.replace('# ', '').split(',');
  const servers = rows.map((row) => row.split(',')).filter((row) => ['one', 'two'].includes(row[1]));
  return servers.map((row) => ({
    status: row[columns.indexOf('status')],
    sessions: Number(row[columns.indexOf('scur')]),
    retries: Number(row[columns.indexOf('wretr')]),
    redispatches: Number(row[columns.indexOf('wredis')]),
  }));
}

/** Starts the example and a load on it; gives the proxies' process ids. */
async function startLoad(options: { maxRetriesPerRequest?: number }): Promise<number[]> {
  example = await startExample('haproxy');
  await vi.waitUntil(async () => (await serversSeen()).every(({ status }) => status === 'UP'), 10_000);
  clients = Array.from({ length: CLIENTS }, (_, i) => new PlainClient(`client${i}`, PORT, options));
  for (const client of clients) await client.start();
  await everyoneWrites(50);
  return Array.from(example.log.matchAll(/kill -9 (\d+)/g), ([, pid]) => Number(pid));
}

/** Each client gets so many more writes acknowledged. */
async function everyoneWrites(count: number): Promise<void> {
  const goals = clients.map((client) => client.writes + count);
  await vi.waitUntil(() => clients.every(({ writes }, i) => writes >= goals[i]), { timeout: 20_000 });
}

/** Ends the load, and holds every client to what all of them are promised. Gives those that reconnected. */
async function endLoad(): Promise<PlainClient[]> {
  await Promise.all(clients.map((client) => client.stop()));
  for (const { wrong, expected } of clients) {
    expect(wrong).toEqual([]);
    const stored = await ask(PORT, ...Array.from(expected.keys(), (key) => ['GET', key]));
    for (const [i, [key, possible]] of [...expected].entries()) {
      expect(possible, key).toContain(stored[i]);
    }
  }
  const reconnected = clients.filter(({ connections }) => connections > 1);
  for (const { connections } of reconnected) expect(connections).toBe(2);
  for (const client of clients) if (!reconnected.includes(client)) expect(client.errors).toEqual([]);
  return reconnected;
}

test('both proxies have the same configuration, but for where they listen', () => {
  const [one, two] = [1, 2].map((i) => readFileSync(join(FOLDER, `proxy-${i}.yml`), 'utf8'));
  expect(one).not.toBe(two);
  expect(two.replace(':22202', ':22201').replace(':22207', ':22206')).toBe(one);
});

test.each([
  ['killed', 'SIGKILL'],
  ['told to drain', 'SIGTERM'],
  ['frozen', 'SIGSTOP'],
] as const)('one proxy is %s: its clients reconnect, and nobody sees an error', async (_, signal) => {
  const [pid] = await startLoad({});
  const [{ sessions }] = await serversSeen();
  expect(sessions).toBeGreaterThan(2);
  expect(sessions).toBeLessThan(CLIENTS - 2);
  process.kill(pid, signal);
  await vi.waitUntil(() => clients.filter(({ connections }) => connections > 1).length === sessions, {
    timeout: 10_000,
  });
  await everyoneWrites(100);
  const reconnected = await endLoad();
  expect(reconnected).toHaveLength(sessions);
  for (const { errors } of reconnected) expect(errors).toEqual([]);
  // None had to wait for a second attempt at a proxy that is gone.
  const [{ retries, redispatches }] = await serversSeen();
  expect(retries).toBe(0);
  expect(redispatches > 0).toBe(signal !== 'SIGSTOP');
  await interrupt(example!);
});

test.each([
  ['killed', 'SIGKILL'],
  ['told to drain', 'SIGTERM'],
] as const)(
  'one proxy is %s: who does not send again loses what was under way, and no more',
  async (_, signal) => {
    const pids = await startLoad({ maxRetriesPerRequest: 0 });
    const [{ sessions }] = await serversSeen();
    process.kill(pids[0], signal);
    await everyoneWrites(100);
    const reconnected = await endLoad();
    expect(reconnected).toHaveLength(sessions);
    for (const { errors } of reconnected) {
      expect(errors.length).toBeLessThanOrEqual(LANES);
      expect(new Set(errors)).toEqual(new Set(errors.length === 0 ? [] : [LOST]));
    }
    await interrupt(example!);
  },
);

test('a proxy that comes back gets new clients', async () => {
  const pids = await startLoad({});
  process.kill(pids[0], 'SIGKILL');
  await vi.waitUntil(async () => (await serversSeen())[0].status === 'DOWN', { timeout: 10_000 });
  await expect.poll(async () => (await serversSeen())[1].sessions).toBe(CLIENTS);
  const [command] = /npx shardmux proxy .*proxy-1\.yml/.exec(example!.log)!;
  const args = command.split(' ').slice(2);
  restarted = await ServerProcess.start(process.execPath, [
    join(EXAMPLES, '../packages/shardmux/bin/shardmux.js'),
    ...args,
  ]);
  await vi.waitUntil(async () => (await serversSeen())[0].status === 'UP', { timeout: 10_000 });
  const newcomer = new PlainClient('newcomer', PORT, {});
  clients.push(newcomer);
  await newcomer.start();
  const sessions = async () => (await serversSeen()).map((server) => server.sessions);
  await expect.poll(sessions).toEqual([1, CLIENTS]);
  await everyoneWrites(20);
  await endLoad();
  await interrupt(example!);
});
