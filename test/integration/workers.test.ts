import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { connectRaw, type RawClient } from '@shardmux/testing';
import { afterEach, expect, test, vi } from 'vitest';
import { sumOfCounters } from '../support/counters.js';
import { Load } from '../support/load.js';
import { Shards } from '../support/shards.js';
import { readStats } from '../support/stats.js';

let shards: Shards;

afterEach(() => shards?.stop());

const start = (settings: string[] = []) =>
  Shards.start(2, settings, ['workers: 2', 'stats: { interval: 50 }']);

function workerPids(): number[] {
  const { pid } = shards.shardmux.process;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.trim().split(/\s+/).filter(Boolean).map(Number);
}

type Row = Record<string, number>;

async function pool(): Promise<Row & Record<string, Row>> {
  const { document } = await readStats(shards.shardmux.statsPort);
  return document.alpha as Row & Record<string, Row>;
}

async function requests(): Promise<number> {
  const alpha = await pool();
  return shards.servers.reduce((sum, _, i) => sum + alpha[`shard${i}`].requests, 0);
}

test('the statistics are the sum of all workers, and keep what a dead worker had counted', async () => {
  shards = await start();
  const clients = await Promise.all(Array.from({ length: 20 }, () => connectRaw(shards.endpoint)));
  for (const client of clients) {
    await client.pipeline(Array.from({ length: 50 }, (_, i) => ['SET', `key${i}`, 'x']));
  }
  await vi.waitUntil(async () => (await requests()) === 1_000, 10_000);
  await vi.waitUntil(async () => (await pool()).client_connections === 20, 10_000);

  const [victim] = workerPids();
  process.kill(victim, 'SIGKILL');
  await vi.waitUntil(() => workerPids().length === 2 && !workerPids().includes(victim), { timeout: 5_000 });
  expect(await requests()).toBe(1_000);
  await Promise.all(clients.map((client) => client.close()));
  await vi.waitUntil(async () => (await pool()).client_connections === 0, { timeout: 5_000 });

  const again = await Promise.all(Array.from({ length: 10 }, () => connectRaw(shards.endpoint)));
  for (const client of again) expect(String(await client.command('GET', 'key1'))).toBe('x');
  await vi.waitUntil(async () => (await requests()) === 1_010, 10_000);
  await Promise.all(again.map((client) => client.close()));
});

test('maxClients holds over all workers together', async () => {
  shards = await start(['limits: { maxClients: 5 }']);
  const admitted: RawClient[] = [];
  let refused = 0;
  for (let i = 0; i < 12; i++) {
    const client = await connectRaw(shards.endpoint);
    const reply = String(await client.command('PING').catch((error: Error) => error.message));
    if (reply === 'PONG') admitted.push(client);
    else refused++;
  }
  expect([admitted.length, refused]).toEqual([5, 7]);
  // Dead workers take their clients with them, and what these had of the limit.
  for (const pid of workerPids()) process.kill(pid, 'SIGKILL');
  await Promise.all(admitted.map((client) => client.closed));
  await vi.waitUntil(answersOneClient, { timeout: 10_000 });
});

/** One attempt, as an impatient client makes it: a connection that was handed to a dying worker is lost with it. */
async function answersOneClient(): Promise<boolean> {
  const client = await connectRaw(shards.endpoint).catch(() => null);
  if (client === null) return false;
  const reply = client.command('PING').then(String, () => '');
  const answer = await Promise.race([reply, delay(500)]);
  client.socket.destroy();
  return answer === 'PONG';
}

test('a verdict of one worker is followed by all', async () => {
  shards = await start(['failover: { use: auto-eject, failureLimit: 2, retryTimeout: 60000 }']);
  const clients = await Promise.all(Array.from({ length: 8 }, () => connectRaw(shards.endpoint)));
  await shards.servers[0].kill();
  const errors = () =>
    Promise.all(
      clients.map(async (client) => {
        const replies = await client.pipeline(Array.from({ length: 20 }, (_, i) => ['SET', `key${i}`, 'x']));
        return replies.filter((reply) => reply instanceof Error).length;
      }),
    );
  await vi.waitUntil(async () => (await errors()).every((count) => count === 0), { timeout: 5_000 });
  await Promise.all(clients.map((client) => client.close()));
});

test('SIGTERM under load: every command that ran was answered, and all processes are gone', async () => {
  shards = await start();
  const load = await Load.start(shards.endpoint, 20, (i) => ['INCR', `counter${i}`]);
  await vi.waitUntil(() => load.outcomes.length > 2_000, 10_000);
  const pids = workerPids();
  shards.shardmux.process.signal('SIGTERM');
  expect(await shards.shardmux.process.exited).toEqual({ code: 0, signal: null });
  await load.stop();
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow();
  expect(await sumOfCounters(shards.servers)).toBe(load.outcomes.length);
  expect(load.outcomes.filter(({ error }) => error !== null)).toEqual([]);
});
