import { renameSync } from 'node:fs';
import { RouteTable } from '@shardmux/core';
import { readServers } from '@shardmux/plugin-topology-file';
import { freePort, type RedisServer, startRedis, TemporaryFolder } from '@shardmux/testing';
import {
  type Config,
  createProxy,
  loadConfig,
  type PoolConfig,
  type ProxyService,
  resolvePool,
} from 'shardmux';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Changes, KnownReplies, type WrittenKeys } from '../../support/known-replies.js';
import { MonitoredServer } from '../../support/monitored-server.js';
import { randomSource } from '../../support/random-source.js';

/** TOPOLOGY_SEED plays a failure again, as far as the machine lets it; TOPOLOGY_CHANGES plays longer. */
const SEED = Number(process.env.TOPOLOGY_SEED ?? Math.floor(Math.random() * 2 ** 31));
const CHANGES = Number(process.env.TOPOLOGY_CHANGES ?? 100);

const DISTRIBUTIONS = ['modula', 'ketama'] as const;
const SESSIONS = 3;

/** What is in force when: the file's texts, and how many of them. */
class ServersFile implements Changes {
  readonly texts: string[] = [];
  inForce = 0;
  readonly #folder: TemporaryFolder;
  readonly #servers: readonly RedisServer[];
  #numbers = [0, 1, 2];

  constructor(folder: TemporaryFolder, servers: readonly RedisServer[]) {
    this.#folder = folder;
    this.#servers = servers;
    this.#write();
  }

  get begun(): number {
    return this.texts.length - 1;
  }

  get names(): string {
    return this.#numbers.map((i) => `n${i}`).join();
  }

  /** Adds a server, or removes one. */
  change(random: () => number): void {
    const others = this.#servers.map((_, i) => i).filter((i) => !this.#numbers.includes(i));
    const adds = others.length > 0 && (this.#numbers.length === 2 || random() < 0.5);
    const from = adds ? others : this.#numbers;
    const [number] = from.splice(Math.floor(random() * from.length), 1);
    if (adds) this.#numbers.splice(Math.floor(random() * this.#numbers.length), 0, number);
    this.#write();
  }

  #write(): void {
    const lines = this.#numbers.map((i) => `  - 127.0.0.1:${this.#servers[i].port}:1 n${i}\n`);
    const text = `servers:\n${lines.join('')}`;
    renameSync(this.#folder.write('servers.new', text), `${this.#folder.path}/servers.yaml`);
    this.texts.push(text);
  }
}

let servers: RedisServer[];
let folder: TemporaryFolder;
let file: ServersFile;
let proxy: ProxyService | null;

beforeEach(async () => {
  servers = await Promise.all(Array.from({ length: 5 }, () => startRedis()));
  folder = new TemporaryFolder();
  file = new ServersFile(folder, servers);
  proxy = null;
});

afterEach(async () => {
  await proxy?.stop();
  await Promise.all(servers.map((server) => server.stop()));
  folder.remove();
});

/** Starts a pool for each distribution, all of the same file. */
async function startProxy(): Promise<Config> {
  const pools = DISTRIBUTIONS.map(async (distribution) => {
    const listen = `"127.0.0.1:${await freePort()}"`;
    const topology = '{ use: file, path: servers.yaml }';
    return `  ${distribution}: { listen: ${listen}, hash: murmur, distribution: ${distribution}, topology: ${topology} }`;
  });
  const lines = ['log: { level: warn }', 'pools:', ...(await Promise.all(pools)), ''];
  const path = folder.write('config.yaml', lines.join('\n'));
  proxy = createProxy({ file: path });
  await proxy.start();
  return loadConfig(path);
}

async function changeServers(random: () => number): Promise<void> {
  for (let change = 1; change <= CHANGES; change++) {
    file.change(random);
    const names = async () =>
      (await proxy!.snapshot()).map((pool) => pool.servers.map(({ name }) => name).join());
    await expect.poll(names, { timeout: 10_000, interval: 5 }).toEqual(DISTRIBUTIONS.map(() => file.names));
    file.inForce = change;
  }
}

/** Notes on which servers keys are written by MSET. */
function monitor(writers: Map<string, string[]>): Promise<MonitoredServer[]> {
  const saw = (server: string, [name, ...args]: readonly string[]) => {
    if (name !== 'MSET') return;
    for (let i = 0; i < args.length; i += 2) writers.set(args[i], [...(writers.get(args[i]) ?? []), server]);
  };
  return Promise.all(
    servers.map((server, i) => MonitoredServer.start(server, (command) => saw(`n${i}`, command))),
  );
}

/** The name of a key's server. */
type Table = (key: string) => string;

/** The tables of all texts of the file, in their order. */
function tablesOf(pool: PoolConfig): Table[] {
  const { hash, distribution } = resolvePool(pool);
  return file.texts.map((text) => {
    const nodes = readServers(text);
    const table = new RouteTable(nodes, nodes, { hash, tag: null, distribution });
    return (key) => table.nodes[table.locate(Buffer.from(key), 0, key.length)].name;
  });
}

test(`servers come and go under load, and every MSET obeys one table (TOPOLOGY_SEED=${SEED})`, {
  timeout: 60_000 + CHANGES * 1_000,
}, async () => {
  const { pools } = await startProxy();
  const writers = new Map<string, string[]>();
  const monitors = await monitor(writers);
  const loads = pools.map(({ name }) => new KnownReplies(`${name}:`, file));
  await Promise.all(loads.map((load, i) => load.start(pools[i].listen!, SESSIONS)));
  await changeServers(randomSource(SEED));
  await Promise.all(loads.map((load) => load.stop()));
  await Promise.all(monitors.map((each) => each.finish()));

  for (const [i, { wrong, closed, written }] of loads.entries()) {
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(closed).toBe(0);
    expect(written.length).toBeGreaterThan(CHANGES);
    const tables = tablesOf(pools[i]);
    const isOfOneTable = ({ keys, from, to }: WrittenKeys) =>
      tables
        .slice(from, to + 1)
        .some((ownerOf) => keys.every((key) => writers.get(key)?.join() === ownerOf(key)));
    expect(written.filter((each) => !isOfOneTable(each)).slice(0, 5)).toEqual([]);
  }
});
