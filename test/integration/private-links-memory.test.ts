import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { connectRaw, type RawClient, type RedisServer, startRedis } from '@shardmux/testing';
import { createProxy, type ProxyService } from 'shardmux';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { randomSource } from '../support/random-source.js';
import { namedServers, poolFile } from '../support/shards.js';
import { subscribedLinks } from '../support/subscribed-links.js';
import { unfinished } from '../support/unfinished.js';

/** As in memory.test.ts: the proxy runs in this process, and the test's own clients are in the figures too. */
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const MANY = 1_000;
const CHANNELS = 50;
const SETTLING = 5_000;

let servers: RedisServer[];
let direct: RawClient[];
let proxy: ProxyService;
let port: number;

beforeAll(async () => {
  servers = await Promise.all([startRedis(), startRedis(), startRedis()]);
  direct = await Promise.all(servers.map(({ endpoint }) => connectRaw(endpoint, { strings: true })));
  const yaml = await poolFile(
    namedServers(servers),
    [`limits: { maxPrivateLinks: ${MANY} }`],
    ['log: { level: fatal }', 'stats: { listen: null }'],
  );
  port = Number(/listen: 127\.0\.0\.1:(\d+)/.exec(yaml)?.[1]);
  proxy = createProxy({ yaml });
  await proxy.start();
});

afterAll(async () => {
  await Promise.all(direct?.map((client) => client.close()) ?? []);
  await proxy?.stop();
  await Promise.all(servers?.map((server) => server.stop()) ?? []);
});

const connect = () => connectRaw({ kind: 'tcp', host: '127.0.0.1', port }, { strings: true });

async function connectMany(count: number): Promise<RawClient[]> {
  return Promise.all(Array.from({ length: count }, connect));
}

/** A figure of INFO clients, all servers together. */
async function sumOf(figure: 'connected_clients' | 'blocked_clients'): Promise<number> {
  const infos = await Promise.all(direct.map((server) => server.command('INFO', 'clients')));
  return infos.reduce<number>(
    (sum, info) => sum + Number(new RegExp(`${figure}:(\\d+)`).exec(String(info))?.[1]),
    0,
  );
}

/** What this process holds: connections to servers, handles and timers by kind, and bytes after a collection. */
async function holdings() {
  const links = await sumOf('connected_clients');
  // No timer of this function's own, nor of whoever waits for it, is among those counted.
  const handles = process.getActiveResourcesInfo().filter((kind) => /Wrap$|Timeout/.test(kind));
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { links, handles: handles.sort().join(' '), bytes: heapUsed + arrayBuffers };
}

type Holdings = Awaited<ReturnType<typeof holdings>>;

/** All is as it was, within 5 s. */
async function untilAsBefore(start: Holdings): Promise<void> {
  const deadline = performance.now() + SETTLING;
  let now = await holdings();
  const isAsBefore = () =>
    now.links === start.links && now.handles === start.handles && now.bytes <= start.bytes * 1.1;
  while (!isAsBefore() && performance.now() < deadline) {
    await sleep(100);
    now = await holdings();
  }
  expect(now).toEqual({ ...start, bytes: expect.any(Number) });
  expect(now.bytes).toBeLessThanOrEqual(start.bytes * 1.1);
}

/** Blocks so many clients, each on a key of its own. */
async function block(count: number): Promise<RawClient[]> {
  const clients = await connectMany(count);
  for (const [i, client] of clients.entries()) client.send(`BLPOP list${i} 0\r\n`);
  await vi.waitFor(async () => expect(await sumOf('blocked_clients')).toBe(count), { timeout: 10_000 });
  return clients;
}

async function subscribe(count: number): Promise<RawClient[]> {
  const clients = await connectMany(count);
  await Promise.all(clients.map((client, i) => client.command('SUBSCRIBE', `channel${i % CHANNELS}`)));
  return clients;
}

/** They leave in the middle of it, half of them by a reset. */
async function leave(clients: readonly RawClient[]): Promise<void> {
  for (const [i, { socket }] of clients.entries()) {
    if (i % 2 === 0) socket.resetAndDestroy();
    else socket.destroy();
  }
  await Promise.all(clients.map(({ closed }) => closed));
}

/** All links that are kept at rest are open, and what is made once has been made. */
async function warmUp(): Promise<void> {
  const client = await connect();
  await client.command('MGET', ...Array.from({ length: 100 }, (_, i) => `key${i}`));
  await client.close();
  await leave([...(await block(50)), ...(await subscribe(50))]);
  // Longer than what nobody needs is kept.
  await sleep(2_500);
}

/** How long a client waits for its refusal, in ms: the best of five, as the others are not the proxy's doing. */
async function refusalTime(): Promise<number> {
  const late = await connect();
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const sentAt = performance.now();
    const reply = await late.command('BLPOP', 'late', '0');
    times.push(performance.now() - sentAt);
    expect(String(reply)).toMatch(/maxPrivateLinks/);
  }
  await late.close();
  return Math.min(...times);
}

test('1,000 clients that block have a link each, the next is refused at once, and all comes back', async () => {
  await warmUp();
  const start = await holdings();
  const clients = await block(MANY);
  expect((await sumOf('connected_clients')) - start.links).toBeLessThanOrEqual(MANY);
  expect(await refusalTime()).toBeLessThan(100);
  expect(await sumOf('blocked_clients')).toBe(MANY);
  await leave(clients.splice(0));
  await untilAsBefore(start);
}, 60_000);

test('1,000 subscribers share one link to each server, all hear, and all comes back', async () => {
  await warmUp();
  const start = await holdings();
  const clients = await subscribe(MANY);
  for (const count of await subscribedLinks({ servers })) expect(count).toBeLessThanOrEqual(1);
  expect((await sumOf('connected_clients')) - start.links).toBeLessThanOrEqual(servers.length);
  const publisher = await connect();
  for (let i = 0; i < CHANNELS; i++) await publisher.command('PUBLISH', `channel${i}`, String(i));
  const heard = await Promise.all(clients.map((client) => client.read()));
  expect(heard).toEqual(clients.map((_, i) => ['message', `channel${i % CHANNELS}`, String(i % CHANNELS)]));
  await leave([...clients.splice(0), publisher]);
  await untilAsBefore(start);
}, 60_000);

const SEED = Math.floor(Math.random() * 2 ** 32);

/** Clients that leave when some bytes of what they have to say are sent, at once or when an answer has come. */
async function leaveAnywhere(count: number, random: () => number): Promise<void> {
  const clients = await connectMany(count);
  for (const client of clients) {
    const text = unfinished[Math.floor(random() * unfinished.length)];
    client.send(text.slice(0, Math.ceil(random() * text.length)));
    if (random() < 0.5) client.socket.once('data', () => client.socket.destroy());
  }
  await sleep(random() * 50);
  await leave(clients);
}

test(`clients that leave in the middle of anything leave nothing behind, seed ${SEED}`, async () => {
  const random = randomSource(SEED);
  // Links of every class that is shared are open from here on.
  const whole = await connectMany(unfinished.length);
  for (const [i, client] of whole.entries()) client.send(unfinished[i]);
  await sleep(500);
  await leave(whole);
  await warmUp();
  const start = await holdings();
  for (let i = 0; i < 20; i++) await leaveAnywhere(50, random);
  await untilAsBefore(start);
  expect(await sumOf('blocked_clients')).toBe(0);
}, 60_000);
