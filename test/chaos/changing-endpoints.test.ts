import { renameSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  connectRaw,
  freePort,
  type Operation,
  type RedisServer,
  startRedis,
  TemporaryFolder,
} from '@shardmux/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { HistoryRecorder } from '../support/history-recorder.js';
import { randomSource } from '../support/random-source.js';
import { Shardmux } from '../support/shardmux.js';
import { durationOf, SEED } from './support/chaos.js';
import { linearizableRounds } from './support/rounds.js';

const CLIENTS = 20;
const KEYS = 8;
const SHARDS = 3;
const DURATION = durationOf(8_000);

/** Of each shard the primary, and the replica that takes its place next. */
let shards: [primary: RedisServer, replica: RedisServer][];
let folder: TemporaryFolder;
let proxy: Shardmux;

beforeAll(async () => {
  shards = await Promise.all(Array.from({ length: SHARDS }, startShard));
  folder = new TemporaryFolder();
  writeServers();
  const pool = [
    `    listen: 127.0.0.1:${await freePort()}`,
    '    hash: murmur',
    `    topology: { use: file, path: "${folder.path}/servers.yaml" }`,
  ];
  proxy = await Shardmux.start(['pools:', '  alpha:', ...pool, ''].join('\n'));
});

afterAll(async () => {
  await proxy?.stop();
  await Promise.all((shards ?? []).flat().map((server) => server.stop()));
  folder?.remove();
});

async function startShard(): Promise<[RedisServer, RedisServer]> {
  const primary = await startRedis();
  const args = ['--replicaof', primary.host, String(primary.port), '--repl-diskless-sync-delay', '0'];
  return [primary, await startRedis({ args })];
}

function writeServers(): void {
  const lines = shards.map(([{ host, port }], i) => `  - ${host}:${port}:1 shard${i}\n`);
  renameSync(folder.write('servers.new', `servers:\n${lines.join('')}`), `${folder.path}/servers.yaml`);
}

/** Its replica takes the place of a primary as operators have it: writes wait until it has all of them. */
async function exchange(shard: number): Promise<void> {
  const [primary, replica] = shards[shard];
  const [old, next] = await Promise.all([connectRaw(primary.endpoint), connectRaw(replica.endpoint)]);
  // The primary says so last.
  const isLinked = async () => String(await old.command('INFO', 'replication')).includes('state=online');
  await vi.waitUntil(isLinked, { timeout: 10_000, interval: 5 });
  expect(String(await old.command('FAILOVER', 'TO', replica.host, replica.port))).toBe('OK');
  const isPrimary = async () => String(await next.command('ROLE')).startsWith('master');
  await vi.waitUntil(isPrimary, { timeout: 10_000, interval: 5 });
  shards[shard] = [replica, primary];
  writeServers();
  await Promise.all([old.close(), next.close()]);
}

/** Each shard has its other server for primary, while clients call commands on keys that no round before had. */
async function play(round: number): Promise<readonly Operation[]> {
  const random = randomSource(SEED + round);
  const keys = Array.from({ length: KEYS }, (_, i) => `${round}:${i}`);
  const recorder = await HistoryRecorder.start(proxy.endpoints[0], CLIENTS, keys, SEED + round * CLIENTS);
  for (let shard = 0; shard < SHARDS; shard++) {
    await sleep(random() * 300);
    await exchange(shard);
  }
  await sleep(300);
  await recorder.stop();
  const errors = [...recorder.errors.keys()];
  expect(errors.filter((error) => !error.startsWith('READONLY '))).toEqual([]);
  return recorder.history;
}

test(
  `while shards change their endpoints each key is linearizable, seed ${SEED}`,
  async () => {
    const { answered, unknown } = await linearizableRounds(DURATION, play);
    expect(answered + unknown).toBeGreaterThan(500);
  },
  DURATION + 60_000,
);
