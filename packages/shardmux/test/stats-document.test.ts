import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { POOL_FIELDS, type PoolSnapshot, SERVER_FIELDS } from '@shardmux/core';
import {
  connectRaw,
  findBinary,
  freePort,
  type Nutcracker,
  type RedisServer,
  startNutcracker,
  startRedis,
} from '@shardmux/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parseConfig } from '../src/config/load.js';
import { ProxyService } from '../src/service/proxy-service.js';
import { describeStats } from '../src/stats/stats-description.js';
import { renderStats } from '../src/stats/stats-document.js';

const POOLS = ['zeta', 'alpha', 'be', 'beta', 'Zed'];
const REQUESTS = 40;
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

interface Peer {
  readonly statsPort: number;
  readonly ports: readonly number[];
}

let servers: readonly RedisServer[];
let nutcracker: Nutcracker;
let service: ProxyService;
let real: Peer;
let ours: Peer;

beforeAll(async () => {
  servers = await Promise.all([startRedis(), startRedis(), startRedis()]);
  const [realPorts, ourPorts] = [await ports(), await ports()];
  nutcracker = await startNutcracker(yaml(realPorts), { args: ['-i', '20'] });
  real = { statsPort: nutcracker.statsPort, ports: realPorts };
  ours = { statsPort: await freePort(), ports: ourPorts };
  const config = parseConfig(Buffer.from(yaml(ourPorts)), 'pools.yml');
  const listen = { kind: 'tcp', host: '127.0.0.1', port: ours.statsPort } as const;
  service = new ProxyService({ ...config, stats: { listen, interval: 20 } }, SILENT);
  await service.start();
  for (const peer of [real, ours]) await use(peer);
});

afterAll(async () => {
  await service?.stop();
  await nutcracker?.stop();
  await Promise.all((servers ?? []).map((server) => server.stop()));
});

function ports(): Promise<number[]> {
  return Promise.all(POOLS.map(() => freePort()));
}

/** Names of equal and of unequal length, with and without an alias. */
function yaml(listen: readonly number[]): string {
  const [first, second, third] = servers;
  return POOLS.map(
    (name, i) => `${name}:
  listen: 127.0.0.1:${listen[i]}
  redis: true
  servers:
   - 127.0.0.1:${first.port}:1 longname
   - 127.0.0.1:${second.port}:1
   - 127.0.0.1:${third.port}:1 zz
`,
  ).join('');
}

/** The same traffic for both, in every pool, from clients that leave. */
async function use({ ports }: Peer): Promise<void> {
  for (const port of ports) {
    const client = await connectRaw({ kind: 'tcp', host: '127.0.0.1', port });
    for (let i = 0; i < REQUESTS; i++) await client.command('GET', `key-${i}`);
    await client.close();
  }
}

function read({ statsPort }: Peer): Promise<string> {
  return text(connect(statsPort, '127.0.0.1'));
}

type Figures = Record<string, Record<string, number>>;

function figuresOf(document: string, pool: string): Figures {
  const members = Object.entries(JSON.parse(document)[pool] as object);
  return Object.fromEntries(members.filter(([, value]) => typeof value === 'object'));
}

function requests(document: string): number {
  const all = POOLS.flatMap((pool) => Object.values(figuresOf(document, pool)));
  return all.reduce((sum, server) => sum + server.requests, 0);
}

/** Twemproxy gathers behind what it counts. */
async function settled(peer: Peer): Promise<string> {
  return vi.waitFor(async () => {
    const document = await read(peer);
    expect(requests(document)).toBe(POOLS.length * REQUESTS);
    return document;
  });
}

/** Paths with the types of what stands there, in their order. */
function shape(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [`${path}: ${typeof value}`];
  return Object.entries(value).flatMap(([key, member]) => shape(member, `${path}/${key}`));
}

describe('beside Twemproxy, after the same traffic', () => {
  let documents: { real: string; ours: string };
  beforeAll(async () => {
    documents = { real: await settled(real), ours: await settled(ours) };
  });

  test('the same key paths with the same types in the same order', () => {
    expect(shape(JSON.parse(documents.ours))).toEqual(shape(JSON.parse(documents.real)));
    expect(shape(JSON.parse(documents.ours))).toHaveLength(7 + POOLS.length * (6 + 3 * 13));
  });

  test('the same bytes, figures apart', () => {
    const blank = (document: string) => document.replaceAll(/":\d+(?=[,}])/g, '":N');
    expect(blank(documents.ours)).toBe(blank(documents.real));
  });

  test.each(POOLS)('the same figures of requests and replies: %s', (pool) => {
    const counted = (document: string) =>
      Object.entries(figuresOf(document, pool)).map(([name, figures]) => {
        const { server_eof, server_err, server_connections, ...rest } = figures;
        return [name, rest];
      });
    expect(counted(documents.ours)).toEqual(counted(documents.real));
  });

  test('the header is of the moment', () => {
    const now = Date.now() / 1_000;
    for (const document of [documents.ours, documents.real]) {
      const { timestamp, uptime } = JSON.parse(document);
      expect(Math.abs(timestamp - now)).toBeLessThan(30);
      expect(uptime).toBeLessThan(60);
    }
  });

  test('the same connections are counted in the header', () => {
    const { curr_connections: current } = JSON.parse(documents.real);
    expect(JSON.parse(documents.ours).curr_connections).toBe(current);
  });
});

test('the description names the figures of Twemproxy in its order', () => {
  const { stderr } = spawnSync(findBinary('nutcracker')!, ['-D'], { encoding: 'utf8' });
  const names = (description: string) =>
    Array.from(description.matchAll(/^ {2}(\w+) +"/gm), ([, name]) => name);
  expect(names(describeStats())).toEqual(names(stderr));
  expect(names(stderr)).toEqual([...POOL_FIELDS, ...SERVER_FIELDS]);
});

describe('what Twemproxy cannot have', () => {
  const header = { source: 'host', uptime: 1, timestamp: 2, totalConnections: 3, currConnections: 4 };
  const values = POOL_FIELDS.map((_, i) => i);

  test('names with quotes, backslashes and control bytes are escaped', () => {
    const name = 'a"b\\c\n\u0000é';
    const pools: PoolSnapshot[] = [{ name, values, servers: [{ name, values: SERVER_FIELDS.map(() => 7) }] }];
    const document = JSON.parse(renderStats({ ...header, source: name }, pools));
    expect(document.source).toBe(name);
    expect(document[name].fragments).toBe(5);
    expect(document[name][name].out_queue_bytes).toBe(7);
  });

  test('a pool without servers, and no pool at all', () => {
    const document = JSON.parse(renderStats(header, [{ name: 'empty', values, servers: [] }]));
    expect(Object.keys(document.empty)).toEqual([...POOL_FIELDS]);
    expect(JSON.parse(renderStats(header, []))).toMatchObject({ total_connections: 3, curr_connections: 4 });
  });
});
